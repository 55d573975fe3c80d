-- One row per record of the export: an account. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__account') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "account_id",
        "owner_id",

        -- strings
        coalesce("account_name", "account_id") as account_name,
        cast(null as varchar) as account_type,
        "segment",
        "industry",
        "country",

        -- times
        "created_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
