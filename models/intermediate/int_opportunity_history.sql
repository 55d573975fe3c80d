-- One row per change of a deal, of every system, numbered in time; changes after as_of are marked, not dropped.
with

unioned as (
    {{ union_staged(['stg_salesforce__opportunity_history', 'stg_generic__opportunity_history'], [
        'source_system',
        'opportunity_id',
        'change_id',
        'stage',
        'amount',
        'changed_at',
        'expected_close_on',
        'owner_id',
    ]) }}
)

select
    unioned.source_system,
    unioned.opportunity_id,
    unioned.change_id,
    coalesce(stage.stage, unioned.stage) as stage,
    stage.stage_order,
    stage.outcome,
    coalesce(stage.is_qualified, false) as is_qualified_stage,
    unioned.amount,
    unioned.changed_at,
    unioned.expected_close_on,
    unioned.owner_id,
    unioned.changed_at >= as_of.as_of_at as is_after_as_of,
    row_number() over (
        partition by unioned.source_system, unioned.opportunity_id
        order by unioned.changed_at, stage.stage_order nulls last, unioned._export_file, unioned._export_record
    ) as change_number,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
left join {{ ref('int_stage') }} as stage
    on
        unioned.source_system = stage.source_system
        and lower(unioned.stage) = stage.stage_key
