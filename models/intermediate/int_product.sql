-- One row per product, of every system.
{{ union_staged(['stg_salesforce__product', 'stg_generic__product'], [
    'source_system',
    'product_id',
    'product_name',
    'product_family',
]) }}
