-- One row per deal and instant at which its state changed: how it stood from then on, and whether that is known.
-- An event that leaves a value empty keeps the one before.
with

events as (
    select * from {{ ref('int_pipeline_event') }}
),

first_owners as (
    -- who owned the deal before the first event that names an owner
    select
        source_system,
        opportunity_id,
        min_by(coalesce(owner_before_id, owner_id), (happened_at, event_order, change_number)) filter (where owner_id is not null) as owner_id
    from events
    group by source_system, opportunity_id
),

states as (
    select
        events.source_system,
        events.opportunity_id,
        events.happened_at,
        last_value(events.status ignore nulls) over so_far as status,
        bool_or(events.tells_state) over so_far as is_known,
        last_value(events.stage ignore nulls) over so_far as stage,
        last_value(events.amount ignore nulls) over so_far as amount,
        last_value(events.expected_close_on ignore nulls) over so_far as expected_close_on,
        coalesce(last_value(events.owner_id ignore nulls) over so_far, first_owners.owner_id, deals.owner_id) as owner_id,
        lead(events.happened_at) over (
            partition by events.source_system, events.opportunity_id order by events.happened_at, events.event_order, events.change_number
        ) as next_happened_at,
        events._export_file,
        events._export_record
    from events
    inner join {{ ref('int_pipeline_deal') }} as deals
        on
            events.source_system = deals.source_system
            and events.opportunity_id = deals.opportunity_id
    left join first_owners
        on
            events.source_system = first_owners.source_system
            and events.opportunity_id = first_owners.opportunity_id
    window so_far as (
        partition by events.source_system, events.opportunity_id
        order by events.happened_at, events.event_order, events.change_number
        rows between unbounded preceding and current row
    )
),

changes as (
    -- of several events at one instant the state after the last one counts, and an event that changes nothing is none
    select *
    from (
        select
            *,
            {{ local_date('happened_at') }} as changed_on,
            lag(status) over in_time as status_before,
            lag(owner_id) over in_time as owner_before_id,
            lag(row(status, is_known, stage, amount, expected_close_on, owner_id)) over in_time as state_before
        from states
        where next_happened_at is null or next_happened_at <> happened_at
        window in_time as (partition by source_system, opportunity_id order by happened_at)
    ) as compared
    where row(status, is_known, stage, amount, expected_close_on, owner_id) is distinct from state_before
)

select
    source_system,
    opportunity_id,
    happened_at as changed_at,
    changed_on,
    row_number() over in_time as change_number,
    status,
    is_known,
    stage,
    amount,
    expected_close_on,
    owner_id,
    -- since when the deal is with its owner: a team is that of the owner on the day of taking over
    last_value(case when owner_id is distinct from owner_before_id or state_before is null then changed_on end ignore nulls) over in_time as owner_since_on,
    last_value(case when status = 'open' and status_before is distinct from 'open' then changed_on end ignore nulls) over in_time as opened_on,
    sum({{ whole_number("status = 'open' and status_before is distinct from 'open'") }}) over in_time as open_number,
    _export_file,
    _export_record
from changes
window in_time as (partition by source_system, opportunity_id order by happened_at)
