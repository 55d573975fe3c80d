-- One row per record of the export: what a customer or a lead asks for. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__request') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "request_id",
        coalesce("crm_source_system", 'generic') as crm_source_system,
        "lead_id",
        "contact_id",
        "account_id",
        "opportunity_id",
        "owner_id",
        "responder_id",

        -- strings
        "kind",
        "channel",
        "satisfaction_reason",

        -- numerics
        "reopens_count",
        "contacts_count",
        "satisfaction_score",
        "satisfaction_scale_maximum",

        -- booleans
        -- a yes or no is what the log says of today; the status is asked where there is none
        coalesce("is_resolved", "status" in ('resolved', 'closed'), false) as is_closed,

        -- times
        "requested_at",
        -- a log of calls tells how long the customer waited, not when somebody answered
        coalesce("first_human_response_at", {{ dbt.dateadd('second', '"response_seconds"', '"requested_at"') }}) as first_human_response_at,
        "resolved_at",
        "reopened_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
