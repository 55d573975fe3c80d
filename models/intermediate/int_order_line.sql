-- One row per line of an order or an invoice, of every system, with the family of its product.
with

unioned as (
    {{ union_staged(['stg_generic__order_line'], [
        'source_system',
        'line_id',
        'order_id',
        'customer_id',
        'product_id',
        'status',
        'currency',
        'quantity',
        'amount',
        'cost',
        'ordered_at',
    ]) }}
)

select
    unioned.source_system,
    unioned.line_id,
    unioned.order_id,
    unioned.customer_id,
    unioned.product_id,
    product.product_family,
    unioned.status,
    unioned.quantity,
    unioned.amount,
    unioned.cost,
    unioned.currency,
    unioned.ordered_at,
    unioned._export_file,
    unioned._export_record
from unioned
left join {{ ref('int_product') }} as product
    on
        unioned.source_system = product.source_system
        and unioned.product_id = product.product_id
