-- One row per customer: an account that ordered or subscribed, or on which money was spent to win it.
with

numbered_orders as (
    select
        source_system,
        customer_id,
        ordered_on,
        row_number() over (partition by source_system, customer_id order by ordered_on, order_id) as order_number
    from {{ ref('fct_order') }}
    where is_purchase
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

subscriptions as (
    select
        customer_source_system as source_system,
        customer_id,
        min(started_on) as first_subscribed_on
    from {{ ref('int_subscription') }}
    where coalesce(live_until_on >= started_on, true)
    group by customer_source_system, customer_id
),

customers as (
    -- who has only given back what was bought before the exports begin is a customer, too
    select
        source_system,
        customer_id
    from {{ ref('fct_order') }}
    where customer_id is not null
    union
    select
        source_system,
        customer_id
    from costs
    union
    select
        source_system,
        customer_id
    from subscriptions
)

select
    customers.source_system,
    customers.customer_id,
    account.account_id,
    coalesce(account.account_name, customers.customer_id) as customer_name,
    orders.first_order_on,
    orders.second_order_on,
    -- of repeat_purchase: who had the time for a second order, and who used it
    coalesce({{ dbt.dateadd('day', var('repeat_purchase_days'), 'orders.first_order_on') }} <= as_of.as_of_on, false) as is_old_enough_to_repeat,
    coalesce({{ days_between('orders.first_order_on', 'orders.second_order_on') }} <= {{ var('repeat_purchase_days') }}, false) as has_repeated,
    subscriptions.first_subscribed_on,
    least(orders.first_order_on, subscriptions.first_subscribed_on) as customer_since_on,
    account.segment,
    account.country
from customers
cross join {{ ref('int_as_of') }} as as_of
left join orders
    on
        customers.source_system = orders.source_system
        and customers.customer_id = orders.customer_id
left join subscriptions
    on
        customers.source_system = subscriptions.source_system
        and customers.customer_id = subscriptions.customer_id
left join {{ ref('dim_account') }} as account
    on
        customers.source_system = account.source_system
        and customers.customer_id = account.account_id
