-- One row per record of the export: a partner's role in a deal. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__opportunity_partner') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "opportunity_id",
        "partner_id",

        -- strings
        "role",
        "currency",

        -- numerics
        "commission_amount",

        -- times
        cast(null as timestamp) as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
