-- One row per period in which a customer was active: from an order until customer_active_days after the last of a chain of orders no further apart.
with

orders as (
    select
        source_system,
        customer_id,
        {{ local_date('ordered_at') }} as ordered_on
    from {{ ref('int_order') }}
    where ordered_at is not null
),

compared as (
    select
        *,
        lag(ordered_on) over (partition by source_system, customer_id order by ordered_on) as previous_ordered_on
    from orders
),

chained as (
    select
        *,
        sum({{ whole_number('previous_ordered_on is null or ' ~ days_between('previous_ordered_on', 'ordered_on') ~ " > " ~ var('customer_active_days')) }}) over (
            partition by source_system, customer_id order by ordered_on rows between unbounded preceding and current row
        ) as chain_number
    from compared
)

select
    source_system,
    customer_id,
    chain_number,
    min(ordered_on) as active_from_on,
    -- the last day on which the last order of the chain is still within customer_active_days
    cast({{ dbt.dateadd('day', var('customer_active_days'), 'max(ordered_on)') }} as date) as active_until_on
from chained
group by source_system, customer_id, chain_number
