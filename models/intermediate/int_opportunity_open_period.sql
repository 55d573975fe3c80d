-- One row per period in which a deal was open: a reopened deal has several. Open on day d: opened_on <= d and (closed_on is null or closed_on > d).
-- From the change history where it agrees with the state of the deal, else from its creation to its close.
with

states as (
    select
        states.source_system,
        states.opportunity_id,
        states.outcome,
        {{ local_date('opportunities.created_at') }} as created_on,
        {{ local_date('states.last_closed_at') }} as closed_on
    from {{ ref('int_opportunity_state') }} as states
    inner join {{ ref('int_opportunity') }} as opportunities
        on
            states.source_system = opportunities.source_system
            and states.opportunity_id = opportunities.opportunity_id
),

changes as (
    select
        source_system,
        opportunity_id,
        change_number,
        {{ local_date('changed_at') }} as changed_on,
        coalesce(outcome, 'open') = 'open' as is_open,
        lag(coalesce(outcome, 'open') = 'open') over (partition by source_system, opportunity_id order by change_number) as was_open
    from {{ ref('int_opportunity_history') }}
    where not is_after_as_of
),

turns as (
    select
        *,
        row_number() over (partition by source_system, opportunity_id order by change_number) as turn_number,
        lead(changed_on) over (partition by source_system, opportunity_id order by change_number) as next_turn_on,
        last_value(is_open) over (
            partition by source_system, opportunity_id order by change_number rows between unbounded preceding and unbounded following
        ) as ends_open
    from changes
    where was_open is null or was_open <> is_open
),

from_history as (
    select
        turns.source_system,
        turns.opportunity_id,
        case when turns.turn_number = 1 then coalesce(states.created_on, turns.changed_on) else turns.changed_on end as opened_on,
        turns.next_turn_on as closed_on
    from turns
    inner join states
        on
            turns.source_system = states.source_system
            and turns.opportunity_id = states.opportunity_id
            and turns.ends_open = (states.outcome = 'open')
    where turns.is_open
),

periods as (
    select
        source_system,
        opportunity_id,
        opened_on,
        closed_on
    from from_history
    union all
    select
        states.source_system,
        states.opportunity_id,
        states.created_on as opened_on,
        case when states.outcome <> 'open' then states.closed_on end as closed_on
    from states
    left join (
        select distinct
            source_system,
            opportunity_id
        from from_history
    ) as told
        on
            states.source_system = told.source_system
            and states.opportunity_id = told.opportunity_id
    -- a closed deal whose closing day nobody knows was open for an unknown time: on no day
    where told.opportunity_id is null and (states.outcome = 'open' or states.closed_on is not null)
)

select
    source_system,
    opportunity_id,
    opened_on,
    closed_on
from periods
-- a deal closed before it was opened has a wrong date: it was open on no day
where opened_on is null or closed_on is null or opened_on <= closed_on
