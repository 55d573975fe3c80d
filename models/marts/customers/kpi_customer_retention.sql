-- One row per period and scope: of the customers active at the month's start, how many are at its end; and the share of customers whose first order lies in the period
-- who ordered again within repeat_purchase_days, of those old enough. Months in which nothing happened keep their row.
with

customers as (
    select
        customer.source_system,
        customer.customer_id,
        customer.segment,
        customer.country,
        customer.first_order_on,
        customer.is_old_enough_to_repeat as is_old_enough,
        customer.has_repeated
    from {{ ref('dim_customer') }} as customer
    -- subscribers who never ordered are customers, too, but have no first order to repeat
    where customer.customer_since_on is not null
),

repeaters as (
    select * from customers
    where first_order_on is not null
),

repeats_by_period as (
    {{ by_period('repeaters', 'first_order_on') }}
),

repeats_by_scope as (
    {{ scoped('repeats_by_period', customer_scopes()) }}
),

repeats as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as first_time_customers_count,
        count(*) filter (where is_old_enough) as old_enough_customers_count,
        count(*) filter (where is_old_enough and has_repeated) as repeat_customers_count
    from repeats_by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

months as (
    -- a month that as_of has not completed has no end yet
    select
        month.period_month,
        month.month_end_on
    from {{ ref('int_month') }} as month
    cross join {{ ref('int_as_of') }} as as_of
    where month.month_end_on <= as_of.as_of_on
),

active_at_start as (
    -- on the last day of the month before
    select
        months.period_month,
        months.month_end_on,
        customers.source_system,
        customers.customer_id,
        customers.segment,
        customers.country
    from months
    inner join {{ ref('int_customer_active_period') }} as periods
        on
            months.period_month > periods.active_from_on
            and months.period_month <= {{ dbt.dateadd('day', 1, 'periods.active_until_on') }}
    inner join customers
        on
            periods.source_system = customers.source_system
            and periods.customer_id = customers.customer_id
),

at_start_and_end as (
    select
        active_at_start.*,
        at_end.customer_id is not null as is_kept
    from active_at_start
    left join {{ ref('int_customer_active_period') }} as at_end
        on
            active_at_start.source_system = at_end.source_system
            and active_at_start.customer_id = at_end.customer_id
            and active_at_start.month_end_on >= at_end.active_from_on
            and active_at_start.month_end_on <= at_end.active_until_on
),

at_start_by_scope as (
    {{ scoped('at_start_and_end', customer_scopes()) }}
),

retained as (
    select
        'month' as period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as customers_at_start_count,
        count(*) filter (where is_kept) as kept_count
    from at_start_by_scope
    group by period_month, scope_kind, scope_id
),

scopes as (
    select
        scope_kind,
        scope_id
    from repeats
    union
    select
        scope_kind,
        scope_id
    from retained
    union
    select
        'all' as scope_kind,
        'all' as scope_id
),

spine as (
    select
        'month' as period_kind,
        month.period_month,
        scopes.scope_kind,
        scopes.scope_id
    from scopes
    cross join {{ ref('int_month') }} as month
    union all
    select
        'all' as period_kind,
        cast(null as date) as period_month,
        scopes.scope_kind,
        scopes.scope_id
    from scopes
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.scope_kind,
        spine.scope_id,
        -- nobody at the start of a completed month is nobody; a month that is not over is unknown
        case when months.period_month is not null then coalesce(retained.customers_at_start_count, 0) end as customers_at_start_count,
        case when months.period_month is not null then coalesce(retained.kept_count, 0) end as kept_count,
        coalesce(repeats.first_time_customers_count, 0) as first_time_customers_count,
        coalesce(repeats.old_enough_customers_count, 0) as old_enough_customers_count,
        coalesce(repeats.repeat_customers_count, 0) as repeat_customers_count
    from spine
    left join months
        on spine.period_month = months.period_month
    left join retained
        on {{ same_period_and_scope('spine', 'retained') }}
    left join repeats
        on {{ same_period_and_scope('spine', 'repeats') }}
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    customers_at_start_count,
    kept_count,
    customers_at_start_count - kept_count as lost_count,
    {{ rate_columns('retention', 'kept_count', 'customers_at_start_count') }},
    {{ rate_columns('churn', '(customers_at_start_count - kept_count)', 'customers_at_start_count') }},
    first_time_customers_count,
    old_enough_customers_count,
    repeat_customers_count,
    {{ rate_columns('repeat_purchase', 'repeat_customers_count', 'old_enough_customers_count') }},
    old_enough_customers_count = first_time_customers_count as is_mature
from filled
