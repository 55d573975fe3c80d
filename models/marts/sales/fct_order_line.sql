-- One row per product line of a deal, with the day on which it was won; a company without lines has none.
select
    lines.source_system,
    lines.line_id,
    lines.opportunity_id,
    lines.product_id,
    product.product_name,
    lines.product_family,
    deal.outcome,
    deal.is_won,
    deal.closed_on,
    lines.quantity,
    lines.amount,
    coalesce(upper(lines.currency), deal.currency) as currency,
    deal.rate_on,
    {{ in_reporting_currency('lines.amount', 'coalesce(upper(lines.currency), deal.currency)', 'fx.rate') }} as amount_base,
    lines._export_file,
    lines._export_record
from {{ ref('int_opportunity_line') }} as lines
inner join {{ ref('fct_opportunity') }} as deal
    on
        lines.source_system = deal.source_system
        and lines.opportunity_id = deal.opportunity_id
left join {{ ref('int_product') }} as product
    on
        lines.source_system = product.source_system
        and lines.product_id = product.product_id
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        coalesce(upper(lines.currency), deal.currency) = fx.currency
        and deal.rate_on = fx.valid_on
