-- One row per customer: an account that ordered, or on which money was spent to win it.
with

numbered_orders as (
    select
        source_system,
        customer_id,
        ordered_on,
        row_number() over (partition by source_system, customer_id order by ordered_on, order_id) as order_number
    from {{ ref('fct_order') }}
),

orders as (
    select
        source_system,
        customer_id,
        min(ordered_on) as first_order_on,
        min(case when order_number = 2 then ordered_on end) as second_order_on
    from numbered_orders
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
        orders.first_order_on,
        orders.second_order_on
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
    customers.second_order_on,
    -- of repeat_purchase: who had the time for a second order, and who used it
    coalesce({{ dbt.dateadd('day', var('repeat_purchase_days'), 'customers.first_order_on') }} <= as_of.as_of_on, false) as is_old_enough_to_repeat,
    coalesce({{ days_between('customers.first_order_on', 'customers.second_order_on') }} <= {{ var('repeat_purchase_days') }}, false) as has_repeated,
    account.segment,
    account.country
from customers
cross join {{ ref('int_as_of') }} as as_of
left join {{ ref('dim_account') }} as account
    on
        customers.source_system = account.source_system
        and customers.customer_id = account.account_id
