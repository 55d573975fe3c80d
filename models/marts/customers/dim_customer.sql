-- One row per customer: an account that ordered, or on which money was spent to win it.
with

orders as (
    select
        source_system,
        customer_id,
        min(ordered_on) as first_order_on
    from {{ ref('fct_order') }}
    group by source_system, customer_id
),

costs as (
    select distinct
        customer_source_system as source_system,
        customer_id
    from {{ ref('fct_customer_cost') }}
),

customers as (
    select
        coalesce(orders.source_system, costs.source_system) as source_system,
        coalesce(orders.customer_id, costs.customer_id) as customer_id,
        orders.first_order_on
    from orders
    full outer join costs
        on
            orders.source_system = costs.source_system
            and orders.customer_id = costs.customer_id
)

select
    customers.source_system,
    customers.customer_id,
    account.account_id,
    coalesce(account.account_name, customers.customer_id) as customer_name,
    customers.first_order_on,
    account.segment,
    account.country
from customers
left join {{ ref('dim_account') }} as account
    on
        customers.source_system = account.source_system
        and customers.customer_id = account.account_id
