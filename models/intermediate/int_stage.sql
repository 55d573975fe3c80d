-- One row per source system and stage: place in the ladder, outcome, and the stage before it.
with

stages as (
    select * from {{ ref('stg_reference__stage_map') }}
    where _row_status = 'staged'
)

select
    source_system,
    stage,
    lower(stage) as stage_key,
    stage_order,
    outcome,
    coalesce(is_qualified, false) as is_qualified,
    lead(stage) over ladder as next_stage,
    lead(stage_order) over ladder as next_stage_order
from stages
window ladder as (partition by source_system, stage_order is null order by stage_order, stage)
