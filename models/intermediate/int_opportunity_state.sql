-- One row per deal created by as_of: its owner, outcome, stage, amount and closing times as they were at as_of.
-- A deal is closed at the closing change in its history, else at the close date of the export.
with

opportunities as (
    select opportunity.*
    from {{ ref('int_opportunity') }} as opportunity
    cross join {{ ref('int_as_of') }} as as_of
    where opportunity.created_at is null or opportunity.created_at < as_of.as_of_at
),

history as (
    select * from {{ ref('int_opportunity_history') }}
),

changes as (
    select
        source_system,
        opportunity_id,
        changed_at,
        stage,
        stage_order,
        outcome,
        is_qualified_stage,
        amount,
        expected_close_on,
        owner_id,
        change_number,
        lag(outcome) over (partition by source_system, opportunity_id order by change_number) as outcome_before,
        row_number() over (partition by source_system, opportunity_id order by change_number desc) as number_from_last
    from history
    where not is_after_as_of
),

histories as (
    select
        source_system,
        opportunity_id,
        min(changed_at) filter (where outcome in ('won', 'lost') and coalesce(outcome_before, 'open') <> outcome) as first_closed_at,
        max(changed_at) filter (where outcome in ('won', 'lost') and coalesce(outcome_before, 'open') <> outcome) as last_closed_at,
        bool_or(is_qualified_stage) as was_qualified,
        max(stage) filter (where number_from_last = 1) as stage,
        max(stage_order) filter (where number_from_last = 1) as stage_order,
        max(outcome) filter (where number_from_last = 1) as outcome,
        max(amount) filter (where number_from_last = 1) as amount,
        max(owner_id) filter (where number_from_last = 1) as owner_id,
        max(expected_close_on) filter (where number_from_last = 1) as expected_close_on
    from changes
    group by source_system, opportunity_id
),

later_changes as (
    select distinct
        source_system,
        opportunity_id
    from history
    where is_after_as_of
),

states as (
    select
        opportunities.*,
        histories.first_closed_at as history_first_closed_at,
        histories.last_closed_at as history_last_closed_at,
        histories.outcome as history_outcome,
        histories.stage as history_stage,
        histories.stage_order as history_stage_order,
        histories.amount as history_amount,
        coalesce(former_owners.owner_id, case when later_changes.opportunity_id is not null then histories.owner_id end, opportunities.owner_id) as owner_at_as_of,
        histories.expected_close_on as history_expected_close_on,
        coalesce(histories.was_qualified, false) as was_qualified,
        -- the export is younger than as_of and its history tells what was known then
        later_changes.opportunity_id is not null as is_rewound,
        -- the export is younger than as_of and no history tells what was known then
        later_changes.opportunity_id is null
        and opportunities.outcome in ('won', 'lost')
        and histories.last_closed_at is null
        and opportunities.closed_at >= as_of.as_of_at
        and coalesce(opportunities.updated_at >= as_of.as_of_at, true) as is_reopened_by_as_of
    from opportunities
    cross join {{ ref('int_as_of') }} as as_of
    left join histories
        on
            opportunities.source_system = histories.source_system
            and opportunities.opportunity_id = histories.opportunity_id
    left join later_changes
        on
            opportunities.source_system = later_changes.source_system
            and opportunities.opportunity_id = later_changes.opportunity_id
    left join {{ ref('int_opportunity_former_owner') }} as former_owners
        on
            opportunities.source_system = former_owners.source_system
            and opportunities.opportunity_id = former_owners.opportunity_id
),

decided as (
    select
        *,
        case
            when is_rewound then coalesce(history_outcome, 'open')
            when is_reopened_by_as_of then 'open'
            else outcome
        end as outcome_at_as_of
    from states
)

select
    source_system,
    opportunity_id,
    owner_at_as_of as owner_id,
    outcome_at_as_of as outcome,
    case when is_rewound then history_stage when is_reopened_by_as_of then null else stage end as stage,
    case when is_rewound then history_stage_order when is_reopened_by_as_of then null else stage_order end as stage_order,
    case when is_rewound then coalesce(history_amount, amount) else amount end as amount,
    case
        when is_rewound then history_expected_close_on
        else expected_close_on
    end as expected_close_on,
    case
        when history_first_closed_at is not null then history_first_closed_at
        when outcome_at_as_of in ('won', 'lost') then closed_at
    end as first_closed_at,
    case
        when history_last_closed_at is not null and (outcome_at_as_of = 'open' or history_outcome in ('won', 'lost')) then history_last_closed_at
        when outcome_at_as_of in ('won', 'lost') then closed_at
    end as last_closed_at,
    coalesce(history_first_closed_at < history_last_closed_at, false)
    or (history_last_closed_at is not null and outcome_at_as_of = 'open') as is_reopened,
    -- the stage of today tells nothing about a deal that is shown as it was
    was_qualified or (coalesce(is_qualified_stage, false) and not is_rewound and not coalesce(is_reopened_by_as_of, false)) or coalesce(outcome_at_as_of = 'won', false) as is_qualified
from decided
