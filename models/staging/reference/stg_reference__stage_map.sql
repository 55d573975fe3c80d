-- One row per record of the export: a stage of a system. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__stage_map') }}
),

renamed as (
    select
        "source_system",
        "stage",
        "stage_order",
        "outcome",
        "is_qualified",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
