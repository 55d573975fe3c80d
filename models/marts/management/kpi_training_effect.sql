-- One row per training, rep and KPI: the rep's KPI in the training_effect_weeks before and after the day it was held. Descriptive: much else changes in such weeks.
{%- set window_days = 7 * (var('training_effect_weeks') | int) %}
with

windows as (
    -- the day itself belongs to neither side
    select
        source_system,
        training_id,
        crm_source_system,
        rep_id,
        kind,
        topic,
        held_on,
        'before' as side,
        cast({{ dbt.dateadd('day', -window_days, 'held_on') }} as date) as from_on,
        cast({{ dbt.dateadd('day', -1, 'held_on') }} as date) as to_on
    from {{ ref('fct_training') }}
    union all
    select
        source_system,
        training_id,
        crm_source_system,
        rep_id,
        kind,
        topic,
        held_on,
        'after' as side,
        cast({{ dbt.dateadd('day', 1, 'held_on') }} as date) as from_on,
        cast({{ dbt.dateadd('day', window_days, 'held_on') }} as date) as to_on
    from {{ ref('fct_training') }}
),

closed_deals as (
    select
        windows.source_system,
        windows.training_id,
        windows.rep_id,
        windows.side,
        count(*) filter (where deal.outcome = 'won') as won_count,
        count(*) as closed_count,
        sum(deal.amount_base) filter (where deal.outcome = 'won') as won_amount_base,
        sum(deal.cycle_from_created_days) filter (where deal.outcome = 'won') as cycle_days,
        count(deal.cycle_from_created_days) filter (where deal.outcome = 'won') as cycle_count
    from windows
    inner join {{ ref('fct_opportunity') }} as deal
        on
            windows.crm_source_system = deal.source_system
            and windows.rep_id = deal.owner_id
            and windows.from_on <= deal.closed_on
            and windows.to_on >= deal.closed_on
    where deal.outcome in ('won', 'lost')
    group by windows.source_system, windows.training_id, windows.rep_id, windows.side
),

calls as (
    select
        windows.source_system,
        windows.training_id,
        windows.rep_id,
        windows.side,
        count(*) as outbound_calls_count,
        count(*) filter (where call.led_to_opportunity) as opportunities_count
    from windows
    inner join {{ ref('fct_activity') }} as call
        on
            windows.crm_source_system = call.source_system
            and windows.rep_id = call.rep_id
            and windows.from_on <= call.occurred_on
            and windows.to_on >= call.occurred_on
    where call.is_outbound_call
    group by windows.source_system, windows.training_id, windows.rep_id, windows.side
),

measured as (
    select
        windows.*,
        coalesce(closed_deals.won_count, 0) as won_count,
        coalesce(closed_deals.closed_count, 0) as closed_count,
        coalesce(closed_deals.won_amount_base, 0) as won_amount_base,
        coalesce(closed_deals.cycle_days, 0) as cycle_days,
        coalesce(closed_deals.cycle_count, 0) as cycle_count,
        coalesce(calls.outbound_calls_count, 0) as outbound_calls_count,
        coalesce(calls.opportunities_count, 0) as opportunities_count
    from windows
    left join closed_deals
        on
            windows.source_system = closed_deals.source_system
            and windows.training_id = closed_deals.training_id
            and windows.rep_id = closed_deals.rep_id
            and windows.side = closed_deals.side
    left join calls
        on
            windows.source_system = calls.source_system
            and windows.training_id = calls.training_id
            and windows.rep_id = calls.rep_id
            and windows.side = calls.side
),

by_kpi as (
    {%- for kpi_id, kpi in training_kpis().items() %}
    select
        source_system,
        training_id,
        rep_id,
        kind,
        topic,
        held_on,
        side,
        from_on,
        to_on,
        '{{ kpi_id }}' as kpi_id,
        '{{ kpi.unit }}' as unit,
        {{ kpi.get('waits_days', 0) }} as waits_days,
        cast({{ kpi.numerator }} as {{ money_type() }}) as numerator,
        cast({{ kpi.n }} as bigint) as n,
        cast({{ kpi.value }} as double) as kpi_value,
        {{ kpi.factor ~ ' * ' ~ wilson_low(kpi.numerator, kpi.n) if kpi.factor else 'cast(null as double)' }} as low,
        {{ kpi.factor ~ ' * ' ~ wilson_high(kpi.numerator, kpi.n) if kpi.factor else 'cast(null as double)' }} as high
    from measured
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

data_begins as (
    select min(period_month) as first_on
    from {{ ref('int_month') }}
)

select
    earlier.source_system,
    earlier.training_id,
    earlier.rep_id,
    earlier.kpi_id,
    earlier.unit,
    earlier.kind,
    earlier.topic,
    earlier.held_on,
    earlier.from_on as before_from_on,
    later.to_on as after_to_on,
    earlier.numerator as before_numerator,
    earlier.n as before_n,
    earlier.kpi_value as before,
    earlier.low as before_low,
    earlier.high as before_high,
    later.numerator as after_numerator,
    later.n as after_n,
    later.kpi_value as after,
    later.low as after_low,
    later.high as after_high,
    later.kpi_value - earlier.kpi_value as difference,
    earlier.n + later.n as n,
    -- what lies before the first export is not known to be nothing
    earlier.from_on >= data_begins.first_on as is_before_complete,
    -- a call may still lead to a deal after the last week
    {{ dbt.dateadd('day', 'later.waits_days', 'later.to_on') }} <= as_of.as_of_on as is_mature
from by_kpi as earlier
inner join by_kpi as later
    on
        earlier.source_system = later.source_system
        and earlier.training_id = later.training_id
        and earlier.rep_id = later.rep_id
        and earlier.kpi_id = later.kpi_id
cross join {{ ref('int_as_of') }} as as_of
cross join data_begins
where
    earlier.side = 'before'
    and later.side = 'after'
