-- One row per cohort (month of the first order), age in months and scope: who is still buying and what the cohort has brought per customer. Cells that as_of has not completed are masked.
with

customers as (
    select
        customer.source_system,
        customer.customer_id,
        customer.segment,
        customer.country,
        {{ month_of('customer.first_order_on') }} as cohort_month
    from {{ ref('dim_customer') }} as customer
    where customer.first_order_on is not null
),

by_scope as (
    {{ scoped('customers', customer_scopes()) }}
),

sizes as (
    select
        scope_kind,
        scope_id,
        cohort_month,
        count(*) as customers_count
    from by_scope
    group by scope_kind, scope_id, cohort_month
),

values_by_month as (
    select
        source_system,
        customer_id,
        {{ month_of('ordered_on') }} as month,
        amount_base as revenue_base,
        cast(0 as {{ money_type() }}) as cost_base,
        is_purchase as is_order
    from {{ ref('fct_order') }}
    union all
    select
        customer_source_system as source_system,
        customer_id,
        {{ month_of('incurred_on') }} as month,
        cast(0 as {{ money_type() }}) as revenue_base,
        amount_base as cost_base,
        false as is_order
    from {{ ref('fct_customer_cost') }}
),

activity as (
    select
        by_scope.scope_kind,
        by_scope.scope_id,
        by_scope.cohort_month,
        -- costs of winning (and returns of older purchases) lie before the first order: they belong to month 0
        greatest({{ dbt.datediff('by_scope.cohort_month', 'values_by_month.month', 'month') }}, 0) as age_months,
        count(distinct case when values_by_month.is_order then values_by_month.source_system || ' ' || values_by_month.customer_id end) as active_count,
        sum(values_by_month.revenue_base) - sum(values_by_month.cost_base) as net_value_base
    from by_scope
    inner join values_by_month
        on
            by_scope.source_system = values_by_month.source_system
            and by_scope.customer_id = values_by_month.customer_id
    group by by_scope.scope_kind, by_scope.scope_id, by_scope.cohort_month, age_months
),

cells as (
    select
        sizes.scope_kind,
        sizes.scope_id,
        sizes.cohort_month,
        sizes.customers_count,
        {{ dbt.datediff('sizes.cohort_month', 'month.period_month', 'month') }} as age_months,
        month.month_end_on <= as_of.as_of_on as is_mature
    from sizes
    inner join {{ ref('int_month') }} as month
        on sizes.cohort_month <= month.period_month
    cross join {{ ref('int_as_of') }} as as_of
),

filled as (
    select
        cells.*,
        coalesce(activity.active_count, 0) as active_count,
        sum(coalesce(activity.net_value_base, 0)) over (
            partition by cells.scope_kind, cells.scope_id, cells.cohort_month
            order by cells.age_months rows between unbounded preceding and current row
        ) as cumulative_value_base
    from cells
    left join activity
        on
            cells.scope_kind = activity.scope_kind
            and cells.scope_id = activity.scope_id
            and cells.cohort_month = activity.cohort_month
            and cells.age_months = activity.age_months
)

select
    scope_kind,
    scope_id,
    cohort_month,
    cast(age_months as bigint) as age_months,
    customers_count,
    case when is_mature then active_count end as active_count,
    case when is_mature then {{ divide('active_count', 'customers_count') }} end as retention_rate,
    case when is_mature then {{ wilson_low('active_count', 'customers_count') }} end as retention_rate_low,
    case when is_mature then {{ wilson_high('active_count', 'customers_count') }} end as retention_rate_high,
    case when is_mature then cast(cumulative_value_base as {{ money_type() }}) end as cumulative_value_base,
    case when is_mature then {{ divide_money('cumulative_value_base', 'customers_count') }} end as cumulative_value_per_customer_base,
    is_mature
from filled
