-- One row per record of the export: a span of opening hours on a weekday. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__business_hours') }}
),

renamed as (
    select
        -- numerics
        "weekday",
        "opens_at",
        "closes_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
