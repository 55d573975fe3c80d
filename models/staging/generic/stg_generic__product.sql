-- One row per record of the export: a product. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__product') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "product_id",

        -- strings
        coalesce("product_name", "product_id") as product_name,
        "product_family",

        -- times
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
