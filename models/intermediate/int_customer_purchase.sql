-- One row per customer who has bought: repeat purchases, week of the last and age in weeks since the first (neither floored), and the mean value of a repeat purchase.
-- Orders of one day are one purchase: the model knows no two at once.
with

orders as (
    select
        orders.source_system,
        orders.customer_id,
        {{ local_date('orders.ordered_at') }} as ordered_on,
        {{ in_reporting_currency('orders.amount', 'orders.currency', 'fx.rate') }} as amount_base
    from {{ ref('int_order') }} as orders
    left join {{ ref('int_fx_rate_daily') }} as fx
        on
            orders.currency = fx.currency
            and orders.rate_on = fx.valid_on
    where orders.ordered_at is not null and orders.customer_id is not null and orders.is_purchase
),

purchases as (
    select
        source_system,
        customer_id,
        ordered_on,
        sum(amount_base) as amount_base,
        min(ordered_on) over (partition by source_system, customer_id) as first_ordered_on
    from orders
    group by source_system, customer_id, ordered_on
)

select
    purchases.source_system,
    purchases.customer_id,
    cast(count(*) - 1 as double) as repeat_purchases_count,
    {{ days_between('min(purchases.first_ordered_on)', 'max(purchases.ordered_on)') }} / cast(7 as double) as last_purchase_weeks,
    {{ days_between('min(purchases.first_ordered_on)', 'max(as_of.as_of_on)') }} / cast(7 as double) as age_weeks,
    cast({{ var('ltv_horizon_weeks') }} as double) as horizon_weeks,
    {{ divide('sum(purchases.amount_base) filter (where purchases.ordered_on > purchases.first_ordered_on)', 'nullif(count(*) - 1, 0)') }} as repeat_value_base
from purchases
cross join {{ ref('int_as_of') }} as as_of
group by purchases.source_system, purchases.customer_id
