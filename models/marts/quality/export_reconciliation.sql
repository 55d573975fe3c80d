-- One row per export file and object: every record of the file is staged, rejected, skipped, superseded or deleted. The difference is 0.
with

staged_files as (
    select * from {{ ref('int_export_records') }}
),

landed_files as (
    select
        source_system,
        object,
        export_file,
        cast(rows_in as bigint) as rows_in,
        cast(rows_malformed as bigint) as rows_malformed,
        cast(rows_skipped as bigint) as rows_skipped
    from {{ ref('landing__export_file') }}
),

counted as (
    select
        coalesce(landed_files.source_system, staged_files.source_system) as source_system,
        coalesce(landed_files.object, staged_files.object) as object,
        coalesce(landed_files.export_file, staged_files.export_file) as export_file,
        -- landing counts what it read; a seed is counted as it was loaded
        coalesce(landed_files.rows_in, staged_files.records_count) as rows_in,
        coalesce(staged_files.staged_count, 0) as rows_staged,
        coalesce(staged_files.rejected_count, 0) + coalesce(landed_files.rows_malformed, 0) as rows_rejected,
        coalesce(landed_files.rows_skipped, 0) as rows_skipped,
        coalesce(staged_files.superseded_count, 0) as rows_superseded,
        coalesce(staged_files.deleted_count, 0) as rows_deleted,
        staged_files.control_total as control_total_in,
        staged_files.control_total_staged
    from staged_files
    full outer join landed_files
        on
            staged_files.source_system = landed_files.source_system
            and staged_files.object = landed_files.object
            and staged_files.export_file = landed_files.export_file
)

select
    source_system,
    object,
    export_file,
    rows_in,
    rows_staged,
    rows_rejected,
    rows_skipped,
    rows_superseded,
    rows_deleted,
    rows_in - rows_staged - rows_rejected - rows_skipped - rows_superseded - rows_deleted as difference,
    control_total_in,
    control_total_staged
from counted
