-- One row per record of the export: a KPI. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__maturity_window') }}
),

renamed as (
    select
        "kpi_id",
        "maturity_days",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
