-- One row per record of the export: an event that is an action. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__web_action_map') }}
),

renamed as (
    select
        "event_name",
        "action",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
