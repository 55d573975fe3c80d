-- One row per month from the first event of any export up to as_of: the spine on which months without an event keep their row.
with

starts as (
    select min({{ local_date('created_at') }}) as first_on from {{ ref('int_opportunity') }}
    union all
    select min({{ local_date('first_closed_at') }}) as first_on from {{ ref('int_opportunity_state') }}
    union all
    -- a deal without a creation date is open from its first change on
    select min(changed_on) as first_on from {{ ref('int_pipeline_change') }}
    union all
    select min({{ local_date('created_at') }}) as first_on from {{ ref('int_lead') }}
    union all
    select min({{ local_date('ordered_at') }}) as first_on from {{ ref('int_order') }}
    union all
    select min({{ local_date('occurred_at') }}) as first_on from {{ ref('int_activity') }}
    union all
    select min(date_on) as first_on from {{ ref('int_ad_performance_daily') }}
    union all
    select min({{ local_date('occurred_at') }}) as first_on from {{ ref('int_customer_event') }}
    union all
    select min(started_on) as first_on from {{ ref('int_subscription') }}
    union all
    select min(date_on) as first_on from {{ ref('int_email_campaign') }}
    union all
    select min({{ local_date('occurred_at') }}) as first_on from {{ ref('int_web_action_records') }}
    union all
    select min({{ local_date('requested_at') }}) as first_on from {{ ref('int_request') }}
    union all
    select min({{ local_date('least(quote_requested_at, sent_at)') }}) as first_on from {{ ref('int_quote') }}
    union all
    select min({{ local_date('least(sent_at, answered_at)') }}) as first_on from {{ ref('int_survey') }}
),

spine as (
    select {{ explode_months(month_of('min(starts.first_on)'), month_of('max(as_of.as_of_on)')) }} as period_month
    from starts
    cross join {{ ref('int_as_of') }} as as_of
)

select
    period_month,
    {{ month_end_of('period_month') }} as month_end_on
from spine
where period_month is not null
