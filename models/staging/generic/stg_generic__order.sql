-- One row per record of the export: an order. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__order') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "order_id",
        "customer_id",
        "opportunity_id",

        -- strings
        "status",
        "currency",

        -- numerics
        "amount",
        "cost",

        -- times
        "ordered_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
