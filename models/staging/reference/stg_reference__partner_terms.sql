-- One row per record of the export: the terms of a partner. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__partner_terms') }}
),

renamed as (
    select
        "source_system",
        "partner_id",
        "tier",
        "region",
        "commission_rate",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
