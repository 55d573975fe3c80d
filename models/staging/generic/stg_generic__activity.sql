-- One row per record of the export: a call, an e-mail or a meeting. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__activity') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "activity_id",
        "rep_id",
        "lead_id",
        "contact_id",
        "account_id",
        "opportunity_id",
        "request_id",

        -- strings
        coalesce("kind", 'other') as kind,
        "direction",
        "outcome",

        -- numerics
        "duration_seconds",

        -- booleans
        coalesce("is_automatic", false) as is_automatic,
        -- an export without the column still tells by the outcome or the length of a call; else it is not known
        coalesce("is_connected", case when "kind" = 'call' then {{ is_connected_by('"outcome"', '"duration_seconds"') }} end) as is_connected,
        "is_value_added",
        "agreed_followup",
        true as is_done,

        -- times
        "occurred_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
