-- One row: the day the KPIs stand for, and the instant at which that day ends (UTC).
-- "Today" never appears in a model: the same exports and the same as_of give the same tables.
with

files as (
    select * from {{ ref('int_export_records') }}
),

landed_files as (
    select * from {{ ref('landing__export_file') }}
),

file_ends as (
    select
        -- an event later than the file itself is a typing error, not a fact of the past; a file without events says nothing
        case
            when files.last_event_at > landed_files.modified_at then landed_files.modified_at
            else files.last_event_at
        end as last_event_at
    from files
    left join (
        select
            export_file,
            max(try_cast(modified_at as timestamp)) as modified_at
        from landed_files
        group by export_file
    ) as landed_files
        on files.export_file = landed_files.export_file
    where files.source_system <> 'reference'
),

chosen as (
    select
        coalesce(cast(nullif('{{ var("as_of") or "" }}', '') as date), {{ local_date('max(last_event_at)') }}) as as_of_on
    from file_ends
)

select
    as_of_on,
    {{ local_midnight(dbt.dateadd('day', 1, 'as_of_on')) }} as as_of_at
from chosen
