-- One row per record of the export: a rep in a validity period. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__rep') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "rep_id",
        "manager_id",

        -- strings
        coalesce("rep_name", "rep_id") as rep_name,
        "team",
        "region",

        -- booleans
        "is_active",

        -- times
        "valid_from",
        "valid_to",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
