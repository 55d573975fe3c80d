-- One row per record of the export: a contact. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__contact') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "contact_id",
        "account_id",

        -- times
        "created_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
