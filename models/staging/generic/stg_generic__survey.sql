-- One row per record of the export: a survey sent to one person. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__survey') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "survey_id",
        coalesce("crm_source_system", 'generic') as crm_source_system,
        "respondent_id",
        coalesce("request_source_system", "crm_source_system", 'generic') as request_source_system,
        "request_id",
        "customer_id",
        "rep_id",

        -- strings
        "survey_kind",
        "reason",

        -- numerics
        "score",
        "scale_maximum",

        -- booleans
        "is_resolved",

        -- times
        "sent_at",
        "answered_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
