-- One row per visit of a deal to a stage. A deal without a history has one visit, to the stage it is in, without times.
with

states as (
    select * from {{ ref('int_opportunity_state') }}
),

changes as (
    select
        *,
        lag(stage) over (partition by source_system, opportunity_id order by change_number) as stage_before
    from {{ ref('int_opportunity_history') }}
    where not is_after_as_of
),

entries as (
    -- a change of amount or close date does not leave the stage
    select
        source_system,
        opportunity_id,
        stage,
        stage_order,
        outcome,
        changed_at,
        change_number,
        _export_file,
        _export_record
    from changes
    where stage is distinct from stage_before
),

visits as (
    select
        *,
        row_number() over (partition by source_system, opportunity_id order by change_number) as entry_number,
        row_number() over (partition by source_system, opportunity_id, stage order by change_number) as visit_number,
        -- the last stage on the ladder: a deal reopened after its loss goes on from where it was
        last_value(stage_order ignore nulls) over (
            partition by source_system, opportunity_id order by change_number rows between unbounded preceding and 1 preceding
        ) as stage_order_before,
        lead(changed_at) over (partition by source_system, opportunity_id order by change_number) as exited_at
    from entries
),

without_history as (
    select
        states.source_system,
        states.opportunity_id,
        states.stage,
        states.stage_order,
        states.outcome,
        opportunities._export_file,
        opportunities._export_record
    from states
    inner join {{ ref('int_opportunity') }} as opportunities
        on
            states.source_system = opportunities.source_system
            and states.opportunity_id = opportunities.opportunity_id
    left join visits
        on
            states.source_system = visits.source_system
            and states.opportunity_id = visits.opportunity_id
            and visits.entry_number = 1
    where visits.opportunity_id is null and states.stage is not null
)

select
    visits.source_system,
    visits.opportunity_id,
    visits.stage,
    visits.stage_order,
    visits.entry_number,
    visits.visit_number,
    visits.changed_at as entered_at,
    visits.exited_at,
    {{ local_date('visits.changed_at') }} as entered_on,
    -- a closed stage is an end, not a stay; an open one is still running (censored)
    case when visits.outcome = 'open' then cast({{ dbt.datediff('visits.changed_at', 'visits.exited_at', 'second') }} as double) / 86400 end as dwell_days,
    visits.visit_number > 1 as is_reentry,
    case
        when visits.stage_order is null then null
        else greatest(visits.stage_order - coalesce(visits.stage_order_before, 0) - 1, 0)
    end as skipped_stages,
    coalesce(visits.outcome = 'open', false) as is_stay,
    coalesce(visits.outcome = 'open' and visits.exited_at is null, false) as is_running,
    true as has_history,
    visits._export_file,
    visits._export_record
from visits
inner join states
    on
        visits.source_system = states.source_system
        and visits.opportunity_id = states.opportunity_id
union all
select
    source_system,
    opportunity_id,
    stage,
    stage_order,
    1 as entry_number,
    1 as visit_number,
    cast(null as timestamp) as entered_at,
    cast(null as timestamp) as exited_at,
    cast(null as date) as entered_on,
    cast(null as double) as dwell_days,
    false as is_reentry,
    null as skipped_stages,
    false as is_stay,
    false as is_running,
    false as has_history,
    _export_file,
    _export_record
from without_history
