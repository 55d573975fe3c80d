-- One row per record of the export: a holiday. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__holiday') }}
),

renamed as (
    select
        -- strings
        "name",

        -- numerics
        "opens_at",
        "closes_at",

        -- times
        "holiday_on",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
