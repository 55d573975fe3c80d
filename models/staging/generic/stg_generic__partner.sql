-- One row per record of the export: a channel partner. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__partner') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "partner_id",

        -- strings
        coalesce("partner_name", "partner_id") as partner_name,
        "tier",
        "region",

        -- numerics
        "commission_rate",

        -- times
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
