-- One row per product line of a deal or of an order, with the day on which it was sold; a company without lines has none.
with

order_line_systems as (
    -- sales by product come from the lines of orders where a system exports them; those of a shop, which has no deals, are the sales of all
    select
        lines.source_system,
        deals.source_system is null as is_of_all
    from (select distinct source_system from {{ ref('int_order_line') }}) as lines
    left join (select distinct source_system from {{ ref('int_opportunity') }}) as deals
        on lines.source_system = deals.source_system
),

shops as (
    select coalesce(bool_or(is_of_all), false) as has_shop
    from order_line_systems
),

deal_lines as (
    select
        lines.source_system,
        lines.line_id,
        lines.opportunity_id,
        cast(null as varchar) as order_id,
        lines.product_id,
        lines.product_family,
        deal.outcome,
        deal.is_won,
        deal.closed_on,
        deal.is_won and not shops.has_shop and order_line_systems.source_system is null as is_sold,
        deal.closed_on as sold_on,
        lines.quantity,
        lines.amount,
        coalesce(upper(lines.currency), deal.currency) as currency,
        deal.rate_on,
        lines._export_file,
        lines._export_record
    from {{ ref('int_opportunity_line') }} as lines
    inner join {{ ref('fct_opportunity') }} as deal
        on
            lines.source_system = deal.source_system
            and lines.opportunity_id = deal.opportunity_id
    cross join shops
    left join order_line_systems
        on lines.source_system = order_line_systems.source_system
),

order_lines as (
    -- drafts, cancelled orders and those of after as_of are no orders
    select
        lines.source_system,
        'order ' || lines.line_id as line_id,
        orders.opportunity_id,
        lines.order_id,
        lines.product_id,
        lines.product_family,
        cast(null as varchar) as outcome,
        cast(null as boolean) as is_won,
        cast(null as date) as closed_on,
        true as is_sold,
        {{ local_date('orders.ordered_at') }} as sold_on,
        lines.quantity,
        lines.amount,
        coalesce(upper(lines.currency), orders.currency) as currency,
        orders.rate_on,
        lines._export_file,
        lines._export_record
    from {{ ref('int_order_line') }} as lines
    inner join {{ ref('int_order') }} as orders
        on
            lines.source_system = orders.source_system
            and lines.order_id = orders.order_id
            and orders.revenue_source = 'order'
),

lines as (
    select * from deal_lines
    union all
    select * from order_lines
)

select
    lines.source_system,
    lines.line_id,
    lines.opportunity_id,
    lines.order_id,
    lines.product_id,
    product.product_name,
    lines.product_family,
    lines.outcome,
    lines.is_won,
    lines.closed_on,
    lines.is_sold,
    lines.sold_on,
    lines.quantity,
    lines.amount,
    lines.currency,
    lines.rate_on,
    {{ in_reporting_currency('lines.amount', 'lines.currency', 'fx.rate') }} as amount_base,
    lines._export_file,
    lines._export_record
from lines
left join {{ ref('int_product') }} as product
    on
        lines.source_system = product.source_system
        and lines.product_id = product.product_id
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        lines.currency = fx.currency
        and lines.rate_on = fx.valid_on
