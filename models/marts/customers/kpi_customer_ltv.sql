-- One row per customer: what the customer has brought so far, less what it cost to win, serve and keep it (realised), and what may be expected of it beyond (predicted).
with

orders as (
    select
        source_system,
        customer_id,
        count(*) filter (where is_purchase) as orders_count,
        sum(amount_base) as revenue_base,
        max(ordered_on) filter (where is_purchase) as last_order_on
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
),

model as (
    select * from {{ ref('int_ltv_model') }}
),

margin as (
    -- expected revenue is worth its margin; where orders carry no cost it counts whole
    select coalesce({{ divide('sum(amount_base) - sum(cost_base)', 'sum(amount_base)') }}, 1) as margin_ratio
    from {{ ref('fct_order') }}
    where has_cost
),

predicted as (
    select
        purchase.source_system,
        purchase.customer_id,
        cast(purchase.repeat_purchases_count as bigint) as frequency,
        purchase.last_purchase_weeks as recency,
        purchase.age_weeks as age,
        prediction.p_alive,
        prediction.expected_purchases,
        -- Gamma-Gamma: the mean of the company weighted with the customer's own; a customer without repeat purchases is like the others
        model.p * (model.v + purchase.repeat_purchases_count * coalesce(purchase.repeat_value_base, 0))
        / (model.p * purchase.repeat_purchases_count + model.q - 1) as expected_value,
        margin.margin_ratio
    from {{ ref('int_customer_purchase') }} as purchase
    cross join model
    cross join margin
    left join {{ ref('int_purchase_prediction') }} as prediction
        on
            purchase.repeat_purchases_count = prediction.x
            and purchase.last_purchase_weeks = prediction.t_x
            and purchase.age_weeks = prediction.age
)

select
    customer.source_system,
    customer.customer_id,
    customer.segment,
    customer.country,
    customer.customer_since_on,
    customer.first_order_on,
    orders.last_order_on,
    coalesce(orders.orders_count, 0) as orders_count,
    cast(coalesce(orders.revenue_base, 0) as {{ money_type() }}) as revenue_base,
    cast(coalesce(costs.acquisition_costs_base, 0) as {{ money_type() }}) as acquisition_costs_base,
    cast(coalesce(costs.service_costs_base, 0) as {{ money_type() }}) as service_costs_base,
    cast(coalesce(costs.retention_costs_base, 0) as {{ money_type() }}) as retention_costs_base,
    cast(coalesce(costs.costs_base, 0) as {{ money_type() }}) as costs_base,
    cast(coalesce(orders.revenue_base, 0) - coalesce(costs.costs_base, 0) as {{ money_type() }}) as ltv_realised_base,
    predicted.frequency,
    predicted.recency,
    predicted.age,
    predicted.p_alive,
    predicted.expected_purchases,
    cast(predicted.expected_value as {{ money_type() }}) as expected_value_base,
    predicted.margin_ratio,
    cast(
        coalesce(orders.revenue_base, 0) - coalesce(costs.costs_base, 0)
        + predicted.expected_purchases * predicted.expected_value * predicted.margin_ratio
        as {{ money_type() }}
    ) as ltv_predicted_base
from {{ ref('dim_customer') }} as customer
left join orders
    on
        customer.source_system = orders.source_system
        and customer.customer_id = orders.customer_id
left join costs
    on
        customer.source_system = costs.customer_source_system
        and customer.customer_id = costs.customer_id
left join predicted
    on
        customer.source_system = predicted.source_system
        and customer.customer_id = predicted.customer_id
