-- One row per record of the export: a rule of which frequency is right. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__frequency_threshold') }}
),

renamed as (
    select
        "priority",
        "platform",
        "channel",
        "too_seldom_below",
        "too_often_above",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
