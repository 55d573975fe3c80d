{{ config(meta={'dagster': {'ref': {'name': 'int_opportunity'}}}) }}

select
    source_system,
    coalesce(stage, '(no stage)') as stage,
    count(*) as deals_count,
    min(_export_file) as _export_file,
    min(_export_record) as _export_record
from {{ ref('int_opportunity') }}
where outcome is null
group by source_system, stage
order by deals_count desc
