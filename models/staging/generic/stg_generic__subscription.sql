-- One row per record of the export: a period of a subscription with one price. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__subscription') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "subscription_id",
        coalesce("customer_source_system", 'generic') as customer_source_system,
        "customer_id",

        -- strings
        "currency",
        "plan",

        -- numerics
        "amount",
        "interval_months",

        -- times
        "started_on",
        "ended_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
