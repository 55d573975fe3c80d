-- One row per period and scope: what customers paid a month at the month's start, what became of it by its end, and the shares retained with and without expansion.
-- 'all' sums the completed months: its ratios are those of the average month, weighted by the revenue at its start.
with

customers as (
    select
        comparison.revenue_basis,
        comparison.period_month,
        comparison.customer_source_system,
        comparison.customer_id,
        -- a month in which more is given back than paid counts as nothing
        greatest(sum(comparison.start_base), 0) as start_base,
        greatest(sum(comparison.end_base), 0) as end_base
    from {{ ref('int_revenue_comparison') }} as comparison
    group by comparison.revenue_basis, comparison.period_month, comparison.customer_source_system, comparison.customer_id
),

movements as (
    select
        customers.period_month as month_on,
        customer.segment,
        customer.country,
        customers.start_base,
        customers.end_base,
        customers.start_base > 0 as was_there,
        customers.end_base > 0 as is_there,
        case
            when customers.revenue_basis = 'subscription' then customer.first_subscribed_on
            else customer.first_order_on
        end >= customers.period_month as is_new
    from customers
    left join {{ ref('dim_customer') }} as customer
        on
            customers.customer_source_system = customer.source_system
            and customers.customer_id = customer.customer_id
),

by_period as (
    {{ by_period('movements', 'month_on') }}
),

by_scope as (
    {{ scoped('by_period', customer_scopes()) }}
),

summed as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        sum(start_base) as start_base,
        sum(end_base - start_base) filter (where was_there and is_there and end_base > start_base) as expansion_base,
        sum(start_base - end_base) filter (where was_there and is_there and end_base < start_base) as contraction_base,
        sum(start_base) filter (where was_there and not is_there) as churn_base,
        sum(end_base) filter (where not was_there and is_new) as new_base,
        sum(end_base) filter (where not was_there and not is_new) as returned_base,
        sum(end_base) as end_base,
        count(*) filter (where was_there) as customers_at_start_count,
        count(*) filter (where was_there and is_there and end_base > start_base) as expanded_count,
        count(*) filter (where was_there and is_there and end_base < start_base) as contracted_count,
        count(*) filter (where was_there and not is_there) as churned_count,
        count(*) filter (where not was_there and is_there and is_new) as new_count,
        count(*) filter (where not was_there and is_there and not is_new) as returned_count,
        count(*) filter (where is_there) as customers_at_end_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

basis as (
    select case when count(*) > 0 then 'subscription' else 'orders' end as revenue_basis
    from {{ ref('int_subscription') }}
),

spine as (
    {{ period_spine(['summed']) }}
),

filled as (
    -- a month that as_of has not completed has no end yet
    select
        spine.period_kind,
        spine.period_month,
        spine.scope_kind,
        spine.scope_id,
        {% for part in ['start', 'expansion', 'contraction', 'churn', 'new', 'returned', 'end'] %}
        case when spine.period_kind = 'all' or {{ month_end_of('spine.period_month') }} <= as_of.as_of_on then cast(coalesce(summed.{{ part }}_base, 0) as {{ money_type() }}) end as {{ part }}_base,
        {% endfor %}
        {% for part in ['customers_at_start', 'expanded', 'contracted', 'churned', 'new', 'returned', 'customers_at_end'] %}
        case when spine.period_kind = 'all' or {{ month_end_of('spine.period_month') }} <= as_of.as_of_on then coalesce(summed.{{ part }}_count, 0) end as {{ part }}_count,
        {% endfor %}
        basis.revenue_basis
    from spine
    cross join basis
    cross join {{ ref('int_as_of') }} as as_of
    left join summed
        on {{ same_period_and_scope('spine', 'summed') }}
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    revenue_basis,
    start_base,
    expansion_base,
    contraction_base,
    churn_base,
    new_base,
    returned_base,
    end_base,
    {{ divide('start_base + expansion_base - contraction_base - churn_base', 'start_base') }} as nrr_ratio,
    {{ divide('start_base - contraction_base - churn_base', 'start_base') }} as grr_ratio,
    customers_at_start_count,
    expanded_count,
    contracted_count,
    churned_count,
    new_count,
    returned_count,
    customers_at_end_count
from filled
