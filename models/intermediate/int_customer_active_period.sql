-- One row per period in which a customer was active: chained orders no further apart than customer_active_days, until these days after the last, and live subscriptions, merged where they meet.
with

stretches as (
    select
        source_system,
        customer_id,
        {{ local_date('ordered_at') }} as from_on,
        -- the last day on which the order is still within customer_active_days
        cast({{ dbt.dateadd('day', var('customer_active_days'), local_date('ordered_at')) }} as date) as until_on
    from {{ ref('int_order') }}
    where ordered_at is not null and customer_id is not null and is_purchase
    union all
    select
        subscription.customer_source_system as source_system,
        subscription.customer_id,
        subscription.started_on as from_on,
        -- a subscription that runs on is live as far as anybody can know
        coalesce(subscription.live_until_on, as_of.as_of_on) as until_on
    from {{ ref('int_subscription') }} as subscription
    cross join {{ ref('int_as_of') }} as as_of
    where coalesce(subscription.live_until_on >= subscription.started_on, true)
),

compared as (
    select
        *,
        max(until_on) over (
            partition by source_system, customer_id order by from_on, until_on rows between unbounded preceding and 1 preceding
        ) as active_before_until_on
    from stretches
),

chained as (
    select
        *,
        sum({{ whole_number('active_before_until_on is null or from_on > active_before_until_on') }}) over (
            partition by source_system, customer_id order by from_on, until_on rows between unbounded preceding and current row
        ) as chain_number
    from compared
)

select
    source_system,
    customer_id,
    chain_number,
    min(from_on) as active_from_on,
    max(until_on) as active_until_on
from chained
group by source_system, customer_id, chain_number
