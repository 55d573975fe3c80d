-- One row per survey that had been sent or answered by as_of. A score that the log of requests holds itself is an answer, too.
with

surveys as (
    {{ union_staged(['stg_generic__survey'], [
        'source_system',
        'survey_id',
        'survey_kind',
        'crm_source_system',
        'respondent_id',
        'request_source_system',
        'request_id',
        'customer_id',
        'rep_id',
        'sent_at',
        'answered_at',
        'score',
        'scale_maximum',
        'is_resolved',
        'reason',
    ]) }}
),

requests as (
    select * from {{ ref('int_request') }}
),

surveyed_requests as (
    select distinct
        request_source_system,
        request_id
    from surveys
    where survey_kind = 'satisfaction' and score is not null and request_id is not null
),

all_surveys as (
    select
        source_system,
        survey_id,
        survey_kind,
        crm_source_system,
        respondent_id,
        request_source_system,
        request_id,
        customer_id,
        rep_id,
        sent_at,
        coalesce(answered_at, case when score is not null or is_resolved is not null then sent_at end) as answered_at,
        score,
        scale_maximum,
        is_resolved,
        reason,
        true as is_sent_known,
        _export_file,
        _export_record
    from surveys
    union all
    -- a log of requests holds the scores that were given, and is silent about who was asked
    select
        requests.source_system,
        'request ' || requests.request_id as survey_id,
        'satisfaction' as survey_kind,
        requests.crm_source_system,
        requests.contact_id as respondent_id,
        requests.source_system as request_source_system,
        requests.request_id,
        requests.account_id as customer_id,
        requests.owner_id as rep_id,
        cast(null as timestamp) as sent_at,
        coalesce(requests.resolved_at, requests.updated_at, requests.requested_at) as answered_at,
        requests.satisfaction_score as score,
        requests.satisfaction_scale_maximum as scale_maximum,
        cast(null as boolean) as is_resolved,
        requests.satisfaction_reason as reason,
        false as is_sent_known,
        requests._export_file,
        requests._export_record
    from requests
    left join surveyed_requests
        on
            requests.source_system = surveyed_requests.request_source_system
            and requests.request_id = surveyed_requests.request_id
    where requests.satisfaction_score is not null and surveyed_requests.request_id is null
),

scaled as (
    select
        all_surveys.*,
        as_of.as_of_at,
        coalesce(all_surveys.scale_maximum, case when all_surveys.survey_kind = 'nps' then 10 else {{ var('satisfaction_scale_maximum') }} end) as best_score
    from all_surveys
    cross join {{ ref('int_as_of') }} as as_of
    where coalesce(all_surveys.sent_at, all_surveys.answered_at, timestamp '0001-01-01') < as_of.as_of_at
)

select
    scaled.source_system,
    scaled.survey_id,
    scaled.survey_kind,
    scaled.crm_source_system,
    scaled.respondent_id,
    scaled.request_source_system,
    scaled.request_id,
    scaled.customer_id,
    coalesce(scaled.rep_id, requests.owner_id) as rep_id,
    scaled.sent_at,
    case when scaled.answered_at < scaled.as_of_at then scaled.answered_at end as answered_at,
    -- a 7 of 5 is no score
    case when scaled.score between 0 and scaled.best_score then scaled.score end as score,
    scaled.best_score as scale_maximum,
    scaled.is_resolved,
    scaled.reason,
    -- an answer without any date is one all the same: it counts in no month
    coalesce(
        scaled.answered_at < scaled.as_of_at,
        scaled.score is not null or scaled.is_resolved is not null
    ) as is_answered,
    scaled.is_sent_known,
    scaled._export_file,
    scaled._export_record
from scaled
left join requests
    on
        scaled.request_source_system = requests.source_system
        and scaled.request_id = requests.request_id
