-- One row: the day the KPIs stand for, and the instant at which that day ends (UTC).
-- "Today" never appears in a model: the same exports and the same as_of give the same tables.
with

chosen as (
    select
        coalesce(cast(nullif('{{ var("as_of") or "" }}', '') as date), {{ local_date('max(last_event_at)') }}) as as_of_on
    from {{ ref('int_export_records') }}
    -- a rate or a stage of the reference tables is no event
    where source_system <> 'reference'
)

select
    as_of_on,
    {{ local_midnight(dbt.dateadd('day', 1, 'as_of_on')) }} as as_of_at
from chosen
