-- One row per record of the export: a cost of winning, serving or keeping a customer. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__customer_cost') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "cost_id",
        coalesce("customer_source_system", 'generic') as customer_source_system,
        "customer_id",

        -- strings
        "kind",
        "currency",

        -- numerics
        "amount",

        -- times
        "incurred_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
