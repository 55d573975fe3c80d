-- One row per record of the export: a line of an order or an invoice. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__order_line') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "line_id",
        "order_id",
        "customer_id",
        "product_id",

        -- strings
        "status",
        "currency",

        -- numerics
        "quantity",
        coalesce("amount", cast("quantity" * "unit_price" as {{ money_type() }})) as amount,
        "cost",

        -- times
        "ordered_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
