-- One row per record of the export: a partner's registration of a deal. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__deal_registration') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "registration_id",
        coalesce("partner_source_system", 'generic') as partner_source_system,
        "partner_id",
        "opportunity_id",

        -- strings
        "status",

        -- times
        "registered_at",
        "approved_at",
        "expires_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
