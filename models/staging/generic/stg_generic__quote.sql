-- One row per record of the export: a revision of a quote. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__quote') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "quote_id",
        coalesce("crm_source_system", 'generic') as crm_source_system,
        "opportunity_id",
        "rep_id",

        -- strings
        "currency",

        -- numerics
        coalesce("revision_number", 1) as revision_number,
        "amount",

        -- booleans
        "is_final",

        -- times
        "requested_at",
        "sent_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
