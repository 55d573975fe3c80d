-- One row per request of a customer or a lead that had arrived by as_of, with how fast a person answered it and what came of it.
with

requests as (
    select
        request.*,
        {{ local_date('request.requested_at') }} as requested_on,
        response.first_human_response_at as responded_at,
        response.responder_id as first_responder_id,
        response.contacts_count as all_contacts_count
    from {{ ref('int_request') }} as request
    inner join {{ ref('int_request_response') }} as response
        on
            request.source_system = response.source_system
            and request.request_id = response.request_id
),

started as (
    {{ with_business_clock('requests', 'requested_at') }}
),

clocked as (
    {{ with_business_clock('started', 'responded_at') }}
),

timed as (
    select
        *,
        {{ minutes_between('requested_at', 'responded_at') }} as response_minutes,
        {{ business_minutes_between('requested_at', 'responded_at') }} as response_business_minutes
    from clocked
),

placed as (
    {{ with_team('timed', 'crm_source_system', 'owner_id', 'requested_on') }}
),

scores as (
    select
        request_source_system,
        request_id,
        score,
        scale_maximum
    from (
        select
            *,
            row_number() over (
                partition by request_source_system, request_id
                order by answered_at desc nulls last, survey_id desc
            ) as place
        from {{ ref('int_survey') }}
        where survey_kind = 'satisfaction' and request_id is not null and score is not null and is_answered
    ) as numbered
    where place = 1
),

reopened as (
    select
        *,
        case
            when reopened_at is not null
                then resolved_at is null or reopened_at <= {{ dbt.dateadd('day', var('first_contact_reopen_days'), 'resolved_at') }}
            else coalesce(reopens_count, 0) > 0
        end as is_reopened
    from placed
)

select
    reopened.source_system,
    reopened.request_id,
    reopened.crm_source_system,
    reopened.kind,
    reopened.channel,
    reopened.lead_id,
    reopened.contact_id,
    reopened.account_id,
    coalesce(reopened.opportunity_id, lead.opportunity_id) as opportunity_id,
    account.segment,
    reopened.owner_id,
    reopened.team,
    reopened.region,
    reopened.crm_source_system || ' ' || coalesce(
        'account ' || reopened.account_id,
        'contact ' || reopened.contact_id,
        'lead ' || reopened.lead_id,
        'request ' || reopened.request_id
    ) as customer_key,
    reopened.requested_at,
    reopened.requested_on,
    reopened.responded_at as first_human_response_at,
    reopened.first_responder_id as responder_id,
    reopened.response_minutes,
    reopened.response_business_minutes,
    reopened.responded_at is not null as is_answered,
    reopened.is_response_before_request,
    coalesce(reopened.response_minutes <= 60, false) as is_within_1h,
    coalesce(reopened.response_minutes <= 1440, false) as is_within_24h,
    -- without opening hours there is no business clock, and nothing to say about it
    case when reopened.requested_at_business_ms is not null then coalesce(reopened.response_business_minutes <= 60, false) end as is_within_1h_business,
    case when reopened.requested_at_business_ms is not null then coalesce(reopened.response_business_minutes <= 1440, false) end as is_within_24h_business,
    case
        when reopened.response_minutes <= 60 then 'within 1 h'
        when reopened.response_minutes <= 1440 then '1-24 h'
        when reopened.response_minutes > 1440 then 'over 24 h'
        else 'never'
    end as response_band,
    reopened.is_resolved,
    reopened.resolved_at,
    reopened.is_reopened,
    reopened.all_contacts_count as contacts_count,
    -- where nobody knows how many contacts it took, nobody knows this
    case
        when reopened.all_contacts_count is not null
            then reopened.is_resolved and reopened.all_contacts_count = 1 and not reopened.is_reopened
    end as is_first_contact_resolved,
    scores.score as satisfaction,
    scores.scale_maximum as satisfaction_scale_maximum,
    reopened.lead_id is not null or reopened.opportunity_id is not null as is_of_prospect,
    case
        when reopened.lead_id is not null or reopened.opportunity_id is not null
            then lead.opportunity_id is not null or coalesce(deal.is_qualified, false) or coalesce(deal.outcome = 'won', false)
    end as is_qualified,
    case
        when reopened.lead_id is not null or reopened.opportunity_id is not null
            then coalesce(deal.outcome = 'won', false)
    end as is_won,
    {{ is_mature('reopened.requested_on', 'response_time') }} as is_mature,
    reopened._export_file,
    reopened._export_record
from reopened
cross join {{ ref('int_as_of') }} as as_of
left join {{ ref('dim_account') }} as account
    on
        reopened.crm_source_system = account.source_system
        and reopened.account_id = account.account_id
left join {{ ref('fct_lead') }} as lead
    on
        reopened.crm_source_system = lead.source_system
        and reopened.lead_id = lead.lead_id
left join {{ ref('fct_opportunity') }} as deal
    on
        reopened.crm_source_system = deal.source_system
        and coalesce(reopened.opportunity_id, lead.opportunity_id) = deal.opportunity_id
left join scores
    on
        reopened.source_system = scores.request_source_system
        and reopened.request_id = scores.request_id
