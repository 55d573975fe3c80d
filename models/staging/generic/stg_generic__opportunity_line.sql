-- One row per record of the export: a product line of a deal. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__opportunity_line') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "line_id",
        "opportunity_id",
        "product_id",

        -- strings
        "currency",

        -- numerics
        "quantity",
        coalesce("amount", cast("quantity" * "unit_price" as {{ money_type() }})) as amount,

        -- times
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
