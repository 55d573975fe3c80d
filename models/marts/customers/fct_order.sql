-- One row per order or return; where a company exports none, per won deal, labelled in revenue_source.
select
    orders.source_system,
    orders.order_id,
    orders.customer_id,
    orders.opportunity_id,
    orders.ordered_at,
    {{ local_date('orders.ordered_at') }} as ordered_on,
    orders.amount,
    orders.currency,
    orders.rate_on,
    {{ in_reporting_currency('orders.amount', 'orders.currency', 'fx.rate') }} as amount_base,
    {{ in_reporting_currency('orders.cost', 'orders.currency', 'fx.rate') }} as cost_base,
    orders.cost is not null as has_cost,
    orders.revenue_source,
    orders.is_purchase,
    orders._export_file,
    orders._export_record
from {{ ref('int_order') }} as orders
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        orders.currency = fx.currency
        and orders.rate_on = fx.valid_on
