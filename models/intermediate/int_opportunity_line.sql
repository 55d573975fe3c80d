-- One row per product line of a deal, of every system, with the family of its product.
with

unioned as (
    {{ union_staged(['stg_salesforce__opportunity_line', 'stg_generic__opportunity_line'], [
        'source_system',
        'line_id',
        'opportunity_id',
        'product_id',
        'quantity',
        'amount',
        'currency',
    ]) }}
)

select
    unioned.source_system,
    unioned.line_id,
    unioned.opportunity_id,
    unioned.product_id,
    product.product_family,
    unioned.quantity,
    unioned.amount,
    unioned.currency,
    unioned._export_file,
    unioned._export_record
from unioned
left join {{ ref('int_product') }} as product
    on
        unioned.source_system = product.source_system
        and unioned.product_id = product.product_id
