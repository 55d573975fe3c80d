-- One row per record of the export: a sign-up, an activation or a cancellation. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__customer_event') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "event_id",
        coalesce("customer_source_system", 'generic') as customer_source_system,
        "customer_id",
        "account_id",

        -- strings
        "kind",
        "reason",
        "source",
        "plan",

        -- times
        "occurred_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
