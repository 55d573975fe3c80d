-- One row per period and scope: revenue, orders, customers, growth and margin. Months without revenue keep their row.
with

orders as (
    select
        orders.source_system,
        orders.customer_id,
        -- null where nobody knows whose order it is: it counts in revenue, and not among customers
        orders.source_system || ' ' || orders.customer_id as customer_key,
        orders.is_purchase,
        orders.ordered_on,
        {{ month_of('orders.ordered_on') }} as period_month,
        orders.amount_base,
        orders.cost_base,
        orders.has_cost,
        customer.first_order_on,
        customer.segment,
        customer.country
    from {{ ref('fct_order') }} as orders
    left join {{ ref('dim_customer') }} as customer
        on
            orders.source_system = customer.source_system
            and orders.customer_id = customer.customer_id
),

by_scope as (
    {{ scoped('orders', customer_scopes()) }}
),

scopes as (
    select
        scope_kind,
        scope_id
    from by_scope
    union
    select
        'all' as scope_kind,
        'all' as scope_id
),

monthly as (
    select
        scope_kind,
        scope_id,
        period_month,
        sum(amount_base) as revenue_base,
        sum(amount_base) filter (where customer_key is not null) as customers_revenue_base,
        count(*) filter (where is_purchase) as orders_count,
        count(distinct customer_key) filter (where is_purchase) as active_customers_count,
        count(distinct customer_key) filter (where is_purchase and {{ month_of('first_order_on') }} = period_month) as new_customers_count,
        sum(amount_base) filter (where has_cost) as costed_revenue_base,
        sum(cost_base) as cost_base
    from by_scope
    group by scope_kind, scope_id, period_month
),

spine as (
    select
        scopes.scope_kind,
        scopes.scope_id,
        month.period_month,
        coalesce(monthly.revenue_base, 0) as revenue_base,
        coalesce(monthly.customers_revenue_base, 0) as customers_revenue_base,
        coalesce(monthly.orders_count, 0) as orders_count,
        coalesce(monthly.active_customers_count, 0) as active_customers_count,
        coalesce(monthly.new_customers_count, 0) as new_customers_count,
        monthly.costed_revenue_base,
        monthly.cost_base
    from scopes
    cross join {{ ref('int_month') }} as month
    left join monthly
        on
            scopes.scope_kind = monthly.scope_kind
            and scopes.scope_id = monthly.scope_id
            and month.period_month = monthly.period_month
),

months as (
    select
        'month' as period_kind,
        *,
        lag(revenue_base) over by_month as previous_month_revenue_base,
        lag(revenue_base, 12) over by_month as previous_year_revenue_base,
        sum(revenue_base) over (
            partition by scope_kind, scope_id order by period_month rows between unbounded preceding and current row
        ) as total_customer_value_base
    from spine
    window by_month as (partition by scope_kind, scope_id order by period_month)
),

overall as (
    select
        'all' as period_kind,
        scopes.scope_kind,
        scopes.scope_id,
        cast(null as date) as period_month,
        coalesce(sum(by_scope.amount_base), 0) as revenue_base,
        coalesce(sum(by_scope.amount_base) filter (where by_scope.customer_key is not null), 0) as customers_revenue_base,
        count(*) filter (where by_scope.is_purchase) as orders_count,
        count(distinct by_scope.customer_key) filter (where by_scope.is_purchase) as active_customers_count,
        count(distinct by_scope.customer_key) filter (where by_scope.is_purchase) as new_customers_count,
        sum(by_scope.amount_base) filter (where by_scope.has_cost) as costed_revenue_base,
        sum(by_scope.cost_base) as cost_base,
        cast(null as {{ money_type() }}) as previous_month_revenue_base,
        cast(null as {{ money_type() }}) as previous_year_revenue_base,
        coalesce(sum(by_scope.amount_base), 0) as total_customer_value_base
    from scopes
    left join by_scope
        on
            scopes.scope_kind = by_scope.scope_kind
            and scopes.scope_id = by_scope.scope_id
    group by scopes.scope_kind, scopes.scope_id
),

periods as (
    select * from months
    union all
    select * from overall
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    cast(revenue_base as {{ money_type() }}) as revenue_base,
    orders_count,
    {{ divide_money('revenue_base', 'orders_count') }} as average_order_value,
    active_customers_count,
    cast(customers_revenue_base as {{ money_type() }}) as customers_revenue_base,
    {{ divide_money('customers_revenue_base', 'active_customers_count') }} as arpu,
    new_customers_count,
    cast(previous_month_revenue_base as {{ money_type() }}) as previous_month_revenue_base,
    {{ divide('revenue_base - previous_month_revenue_base', 'previous_month_revenue_base') }} as growth_ratio,
    cast(previous_year_revenue_base as {{ money_type() }}) as previous_year_revenue_base,
    {{ divide('revenue_base - previous_year_revenue_base', 'previous_year_revenue_base') }} as growth_year_ratio,
    cast(costed_revenue_base as {{ money_type() }}) as costed_revenue_base,
    cast(cost_base as {{ money_type() }}) as cost_base,
    {{ divide('costed_revenue_base - cost_base', 'costed_revenue_base') }} as gross_margin_ratio,
    cast(total_customer_value_base as {{ money_type() }}) as total_customer_value_base
from periods
