-- One row per record of the export: a rule from origin to channel. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__channel_map') }}
),

renamed as (
    select
        "priority",
        "utm_source",
        "utm_medium",
        "lead_source",
        "channel",
        "channel_group",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
