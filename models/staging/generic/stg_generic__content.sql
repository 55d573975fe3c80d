-- One row per record of the export: a content that reps use in deals. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__content') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "content_id",

        -- strings
        "content_name",
        "kind",
        "owner",

        -- times
        "published_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
