-- One row per event that tells something about a deal's state: its creation, each change of its history or owner, each exported
-- version where no history tells, its closing, its deletion. What an event does not tell is null.
with

deals as (
    select * from {{ ref('int_pipeline_deal') }}
),

-- the history of a deleted deal is deleted with it
deleted_history as (
    {{ union_records(['stg_salesforce__opportunity_history', 'stg_generic__opportunity_history'], [
        'source_system',
        'opportunity_id',
        'stage',
        'amount',
        'changed_at',
        'expected_close_on',
        'owner_id',
    ], ['deleted']) }}
),

history as (
    select
        source_system,
        opportunity_id,
        change_number,
        stage,
        coalesce(outcome, 'open') as outcome,
        amount,
        expected_close_on,
        owner_id,
        changed_at,
        _export_file,
        _export_record
    from {{ ref('int_opportunity_history') }}
    where not is_after_as_of
    union all
    select
        changes.source_system,
        changes.opportunity_id,
        row_number() over (
            partition by changes.source_system, changes.opportunity_id
            order by changes.changed_at, stage.stage_order nulls last, changes._export_file, changes._export_record
        ) as change_number,
        coalesce(stage.stage, changes.stage) as stage,
        coalesce(stage.outcome, 'open') as outcome,
        changes.amount,
        changes.expected_close_on,
        changes.owner_id,
        changes.changed_at,
        changes._export_file,
        changes._export_record
    from deleted_history as changes
    cross join {{ ref('int_as_of') }} as as_of
    inner join deals
        on
            changes.source_system = deals.source_system
            and changes.opportunity_id = deals.opportunity_id
            and deals.deleted_at is not null
    left join {{ ref('int_stage') }} as stage
        on
            changes.source_system = stage.source_system
            and lower(changes.stage) = stage.stage_key
    where changes.changed_at < as_of.as_of_at
),

owner_changes as (
    select changes.*
    from {{ ref('int_opportunity_owner_change') }} as changes
    cross join {{ ref('int_as_of') }} as as_of
    where changes.changed_at < as_of.as_of_at
),

owner_systems as (
    -- where a system exports changes of owner, a deal without any has always had its owner
    select distinct source_system
    from {{ ref('int_opportunity_owner_change') }}
),

told as (
    -- what the history of a deal tells; a history that contradicts how the deal stands is not believed when it was open
    select
        history.source_system,
        history.opportunity_id,
        (max_by(history.outcome, history.change_number) = 'open') = (any_value(deals.outcome) = 'open') as tells_outcome,
        bool_or(history.amount is not null) as tells_amount,
        bool_or(history.expected_close_on is not null) as tells_expected_close,
        bool_or(history.owner_id is not null) as tells_owner
    from history
    inner join deals
        on
            history.source_system = deals.source_system
            and history.opportunity_id = deals.opportunity_id
    group by history.source_system, history.opportunity_id
),

known as (
    select
        deals.*,
        told.opportunity_id is not null as has_history,
        coalesce(told.tells_outcome, false) as tells_outcome,
        coalesce(told.tells_amount, false) as tells_amount,
        coalesce(told.tells_expected_close, false) as tells_expected_close,
        coalesce(told.tells_owner, false) or owner_systems.source_system is not null as tells_owner,
        -- a closed deal whose closing day nobody knows was open for an unknown time: on no day
        deals.outcome = 'open' or deals.closed_at is not null or coalesce(told.tells_outcome, false) as is_dated
    from deals
    left join told
        on
            deals.source_system = told.source_system
            and deals.opportunity_id = told.opportunity_id
    left join owner_systems
        on deals.source_system = owner_systems.source_system
),

events as (
    select
        source_system,
        opportunity_id,
        created_at as happened_at,
        1 as event_order,
        0 as change_number,
        case when is_dated then 'open' end as status,
        false as tells_state,
        cast(null as varchar) as stage,
        cast(null as {{ money_type() }}) as amount,
        cast(null as date) as expected_close_on,
        cast(null as varchar) as owner_id,
        cast(null as varchar) as owner_before_id,
        _export_file,
        _export_record
    from known
    where created_at is not null
    union all
    select
        history.source_system,
        history.opportunity_id,
        history.changed_at as happened_at,
        2 as event_order,
        history.change_number,
        case when known.tells_outcome then history.outcome end as status,
        true as tells_state,
        history.stage,
        history.amount,
        history.expected_close_on,
        history.owner_id,
        null as owner_before_id,
        history._export_file,
        history._export_record
    from history
    inner join known
        on
            history.source_system = known.source_system
            and history.opportunity_id = known.opportunity_id
    union all
    select
        versions.source_system,
        versions.opportunity_id,
        versions.seen_at as happened_at,
        3 as event_order,
        versions.version_number as change_number,
        case when known.created_at is null and not known.has_history and known.is_dated then 'open' end as status,
        not known.has_history as tells_state,
        case when not known.has_history then versions.stage end as stage,
        case when not known.tells_amount then versions.amount end as amount,
        case when not known.tells_expected_close then versions.expected_close_on end as expected_close_on,
        case when not known.tells_owner then versions.owner_id end as owner_id,
        null as owner_before_id,
        versions._export_file,
        versions._export_record
    from {{ ref('int_opportunity_version') }} as versions
    cross join {{ ref('int_as_of') }} as as_of
    inner join known
        on
            versions.source_system = known.source_system
            and versions.opportunity_id = known.opportunity_id
    where
        versions.seen_at < as_of.as_of_at
        -- how a deal stood after its close tells nothing about the days on which it was open
        and coalesce(versions.outcome, 'open') = 'open'
        and not versions.is_deleted
    union all
    select
        changes.source_system,
        changes.opportunity_id,
        changes.changed_at as happened_at,
        4 as event_order,
        changes._export_record as change_number,
        null as status,
        false as tells_state,
        null as stage,
        null as amount,
        null as expected_close_on,
        changes.owner_id,
        changes.owner_before_id,
        changes._export_file,
        changes._export_record
    from owner_changes as changes
    inner join deals
        on
            changes.source_system = deals.source_system
            and changes.opportunity_id = deals.opportunity_id
    union all
    select
        source_system,
        opportunity_id,
        closed_at as happened_at,
        5 as event_order,
        0 as change_number,
        outcome as status,
        false as tells_state,
        null as stage,
        null as amount,
        null as expected_close_on,
        null as owner_id,
        null as owner_before_id,
        _export_file,
        _export_record
    from known
    where not tells_outcome and outcome in ('won', 'lost') and closed_at is not null
    union all
    select
        source_system,
        opportunity_id,
        deleted_at as happened_at,
        6 as event_order,
        0 as change_number,
        'deleted' as status,
        false as tells_state,
        null as stage,
        null as amount,
        null as expected_close_on,
        null as owner_id,
        null as owner_before_id,
        _export_file,
        _export_record
    from known
    where deleted_at is not null
)

select
    events.source_system,
    events.opportunity_id,
    -- nothing happened to a deal before it was created
    greatest(events.happened_at, deals.created_at) as happened_at,
    events.event_order,
    events.change_number,
    events.status,
    events.tells_state,
    events.stage,
    events.amount,
    events.expected_close_on,
    events.owner_id,
    events.owner_before_id,
    events._export_file,
    events._export_record
from events
inner join deals
    on
        events.source_system = deals.source_system
        and events.opportunity_id = deals.opportunity_id
