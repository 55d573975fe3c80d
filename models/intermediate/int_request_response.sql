-- One row per request: when a person answered first, who did, and how many answers it took.
-- Automatic replies and what the customer writes are no answers.
with

requests as (
    select * from {{ ref('int_request') }}
),

answers as (
    select activity.*
    from {{ ref('int_activity') }} as activity
    cross join {{ ref('int_as_of') }} as as_of
    where
        activity.direction = 'outbound'
        and not activity.is_automatic
        and activity.occurred_at < as_of.as_of_at
),

own_answers as (
    select
        requests.source_system,
        requests.request_id,
        requests.resolved_at,
        answers.activity_id,
        answers.rep_id,
        answers.occurred_at
    from requests
    inner join answers
        on
            requests.source_system = answers.source_system
            and requests.request_id = answers.request_id
            and requests.requested_at <= answers.occurred_at
),

answers_to_leads as (
    -- many CRMs note the answer to a web form at the lead
    select
        requests.source_system,
        requests.request_id,
        requests.resolved_at,
        answers.activity_id,
        answers.rep_id,
        answers.occurred_at
    from requests
    left join (
        select distinct
            source_system,
            request_id
        from own_answers
    ) as answered
        on
            requests.source_system = answered.source_system
            and requests.request_id = answered.request_id
    inner join answers
        on
            requests.crm_source_system = answers.source_system
            and requests.lead_id = answers.lead_id
            and requests.requested_at <= answers.occurred_at
    where answered.request_id is null
),

numbered as (
    select
        *,
        row_number() over (partition by source_system, request_id order by occurred_at, activity_id) as place
    from (
        select * from own_answers
        union all
        select * from answers_to_leads
    ) as all_answers
),

counted as (
    select
        source_system,
        request_id,
        min(occurred_at) as first_answer_at,
        max(rep_id) filter (where place = 1) as first_rep_id,
        -- a courtesy after the resolution is no contact that it took
        count(*) filter (where resolved_at is null or occurred_at <= resolved_at) as contacts_count
    from numbered
    group by source_system, request_id
)

select
    requests.source_system,
    requests.request_id,
    least(requests.first_human_response_at, counted.first_answer_at) as first_human_response_at,
    case
        when counted.first_answer_at <= coalesce(requests.first_human_response_at, counted.first_answer_at)
            then coalesce(counted.first_rep_id, requests.responder_id)
        when requests.first_human_response_at is not null
            then requests.responder_id
    end as responder_id,
    case
        when requests.contacts_count is not null then requests.contacts_count
        when counted.contacts_count is not null then counted.contacts_count
        -- answered, and the export does not tell how often
        when requests.first_human_response_at is not null then null
        else 0
    end as contacts_count
from requests
left join counted
    on
        requests.source_system = counted.source_system
        and requests.request_id = counted.request_id
