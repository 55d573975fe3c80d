-- One row per record of the export: a target. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__target') }}
),

renamed as (
    select
        "kpi_id",
        "scope_kind",
        "scope_id",
        "period_kind",
        "period_start_on",
        "target",
        "warning",
        "critical",
        "minimum_n",
        "currency",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
