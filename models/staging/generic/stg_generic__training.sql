-- One row per record of the export: a training or coaching of a rep. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__training') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "training_id",
        coalesce("crm_source_system", 'generic') as crm_source_system,
        "rep_id",

        -- strings
        "kind",
        "topic",

        -- numerics
        "duration_minutes",

        -- times
        "held_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
