-- One row per customer: what the customer has brought so far, less what it cost to win, serve and keep it.
with

orders as (
    select
        source_system,
        customer_id,
        count(*) as orders_count,
        sum(amount_base) as revenue_base,
        max(ordered_on) as last_order_on
    from {{ ref('fct_order') }}
    group by source_system, customer_id
),

costs as (
    select
        customer_source_system,
        customer_id,
        sum(amount_base) filter (where kind = 'acquisition') as acquisition_costs_base,
        sum(amount_base) filter (where kind = 'service') as service_costs_base,
        sum(amount_base) filter (where kind = 'retention') as retention_costs_base,
        sum(amount_base) as costs_base
    from {{ ref('fct_customer_cost') }}
    group by customer_source_system, customer_id
)

select
    customer.source_system,
    customer.customer_id,
    customer.segment,
    customer.country,
    customer.first_order_on,
    orders.last_order_on,
    coalesce(orders.orders_count, 0) as orders_count,
    cast(coalesce(orders.revenue_base, 0) as {{ money_type() }}) as revenue_base,
    cast(coalesce(costs.acquisition_costs_base, 0) as {{ money_type() }}) as acquisition_costs_base,
    cast(coalesce(costs.service_costs_base, 0) as {{ money_type() }}) as service_costs_base,
    cast(coalesce(costs.retention_costs_base, 0) as {{ money_type() }}) as retention_costs_base,
    cast(coalesce(costs.costs_base, 0) as {{ money_type() }}) as costs_base,
    cast(coalesce(orders.revenue_base, 0) - coalesce(costs.costs_base, 0) as {{ money_type() }}) as ltv_realised_base
from {{ ref('dim_customer') }} as customer
left join orders
    on
        customer.source_system = orders.source_system
        and customer.customer_id = orders.customer_id
left join costs
    on
        customer.source_system = costs.customer_source_system
        and customer.customer_id = costs.customer_id
