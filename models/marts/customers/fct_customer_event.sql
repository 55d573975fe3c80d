-- One row per sign-up, activation or cancellation of a customer, with the sign-up that begins the customer's journey.
with

numbered as (
    select
        *,
        row_number() over (partition by customer_source_system, customer_id, kind order by occurred_at, source_system, event_id) as occurrence_number
    from {{ ref('int_customer_event') }}
),

signups as (
    select
        customer_source_system,
        customer_id,
        {{ local_date('occurred_at') }} as signed_up_on,
        source,
        plan
    from numbered
    where kind = 'sign_up' and occurrence_number = 1
)

select
    event.source_system,
    event.event_id,
    event.customer_source_system,
    event.customer_id,
    coalesce(event.account_id, account.account_id) as account_id,
    event.kind,
    event.occurred_at,
    {{ local_date('event.occurred_at') }} as occurred_on,
    event.reason,
    event.source,
    event.plan,
    -- a customer counts once for each kind, however often it happens
    event.occurrence_number = 1 as is_first_of_kind,
    signups.signed_up_on,
    signups.source as sign_up_source,
    signups.plan as sign_up_plan,
    {{ days_between('signups.signed_up_on', local_date('event.occurred_at')) }} as days_since_sign_up,
    signups.signed_up_on is not null as has_signed_up,
    coalesce(signups.signed_up_on, {{ local_date('event.occurred_at') }}) as cohort_on,
    -- a sign-up without a source stays unknown, whatever later events say
    case when signups.signed_up_on is not null then signups.source else event.source end as cohort_source,
    case when signups.signed_up_on is not null then signups.plan else event.plan end as cohort_plan,
    coalesce({{ is_mature('signups.signed_up_on', 'customer_journey') }}, false) as is_mature,
    event._export_file,
    event._export_record
from numbered as event
cross join {{ ref('int_as_of') }} as as_of
left join signups
    on
        event.customer_source_system = signups.customer_source_system
        and event.customer_id = signups.customer_id
left join {{ ref('dim_account') }} as account
    on
        event.customer_source_system = account.source_system
        and event.customer_id = account.account_id
