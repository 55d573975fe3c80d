-- One row per record of the export: a visit or an action on a website. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__web_action') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "action_id",
        "visitor_id",
        "session_id",
        "campaign_id",

        -- strings
        coalesce("action", 'visit') as event_name,
        "page",
        "landing_page",
        "source" as utm_source,
        "medium" as utm_medium,
        "channel",
        cast(null as varchar) as default_source,
        "campaign_name",
        "device_category",

        -- numerics
        cast(null as bigint) as sequence_number,

        -- times
        "occurred_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
