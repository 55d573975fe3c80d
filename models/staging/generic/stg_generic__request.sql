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
        coalesce("status" in ('resolved', 'closed'), false) as is_closed,

        -- times
        "requested_at",
        "first_human_response_at",
        "resolved_at",
        "reopened_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
