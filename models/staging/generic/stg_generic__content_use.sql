-- One row per record of the export: a use of a content. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__content_use') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "use_id",
        "content_id",
        coalesce("crm_source_system", 'generic') as crm_source_system,
        "opportunity_id",
        "rep_id",
        "account_id",

        -- numerics
        "view_seconds",
        "rating",

        -- booleans
        "viewed_by_customer",

        -- times
        "used_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
