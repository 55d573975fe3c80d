-- One row per record of the export: a KPI. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__kpi') }}
),

renamed as (
    select
        "kpi_id",
        "part_of",
        "label_en",
        "label_tr",
        "label_zh",
        "definition",
        "unit",
        "direction",
        "effect_class",
        "time_class",
        "subject_class",
        "table_name",
        "column_name",
        "row_filter",
        "owner",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
