-- One row per month end (the last: as_of), scope, stage and age band: open deals, their amount, the change against the month before, target and
-- coverage. Stage and age band `all` are the totals: rows with `all` in both carry targets and coverage.
-- Coverage looks ahead from the row's day: at a month's end to the next month, of which nothing is won yet; in the running month to the
-- rest of it, less what is won already.
with

months as (
    select
        month.period_month,
        least(month.month_end_on, as_of.as_of_on) as as_of_on,
        {{ month_of(dbt.dateadd('day', 1, 'least(month.month_end_on, as_of.as_of_on)')) }} as coverage_month,
        lead(month.period_month) over (order by month.period_month) is null as is_last
    from {{ ref('int_month') }} as month
    cross join {{ ref('int_as_of') }} as as_of
),

open_deals as (
    select
        months.period_month,
        coalesce(day.stage, 'unknown') as stage,
        day.age_band,
        day.is_known,
        day.amount_base,
        day.is_expected,
        day.is_overdue,
        day.owner_id,
        day.team,
        day.region,
        day.segment,
        day.source,
        day.product_family,
        day.sourcing_partner_id
    from {{ ref('fct_pipeline_daily') }} as day
    inner join months on day.as_of_on = months.as_of_on
),

open_by_scope as (
    {{ scoped('open_deals', deal_scopes()) }}
),

with_all_stages as (
    select * from open_by_scope
    union all
    select * replace ('all' as stage) from open_by_scope
),

with_all_ages as (
    select * from with_all_stages
    union all
    select * replace ('all' as age_band) from with_all_stages
),

counted as (
    select
        scope_kind,
        scope_id,
        period_month,
        stage,
        age_band,
        count(*) as open_count,
        count(*) filter (where not is_known) as unknown_open_count,
        sum(amount_base) as open_amount_base,
        count(*) filter (where is_expected) as expected_count,
        sum(amount_base) filter (where is_expected) as expected_amount_base,
        count(*) filter (where is_overdue) as overdue_count,
        sum(amount_base) filter (where is_overdue) as overdue_amount_base
    from with_all_ages
    group by scope_kind, scope_id, period_month, stage, age_band
),

wins as (
    select
        {{ month_of('closed_on') }} as won_month,
        amount_base,
        owner_id,
        team,
        region,
        segment,
        source,
        product_family,
        sourcing_partner_id
    from {{ ref('fct_opportunity') }}
    where outcome = 'won'
),

wins_by_scope as (
    {{ scoped('wins', deal_scopes()) }}
),

won as (
    select
        scope_kind,
        scope_id,
        won_month,
        sum(amount_base) as won_amount_base
    from wins_by_scope
    group by scope_kind, scope_id, won_month
),

targets as (
    select
        kpi_id,
        scope_kind,
        scope_id,
        period_start_on,
        target_base as target_amount_base
    from {{ ref('fct_target') }}
    where period_kind = 'month' and kpi_id in ('open_pipeline', 'won_amount')
),

rows_of_a_month as (
    -- what occurs once keeps its row in every month, and so does every scope that has a target
    select
        scope_kind,
        scope_id,
        stage,
        age_band
    from counted
    union
    select
        scope_kind,
        scope_id,
        'all' as stage,
        'all' as age_band
    from targets
    union
    select
        'all' as scope_kind,
        'all' as scope_id,
        'all' as stage,
        'all' as age_band
),

monthly as (
    select
        months.period_month,
        months.as_of_on,
        months.is_last,
        spine.scope_kind,
        spine.scope_id,
        spine.stage,
        spine.age_band,
        coalesce(counted.open_count, 0) as open_count,
        coalesce(counted.unknown_open_count, 0) as unknown_open_count,
        -- null where deals are open and nobody knows for how much
        case when coalesce(counted.open_count, 0) = 0 then 0 else counted.open_amount_base end as open_amount_base,
        coalesce(counted.overdue_count, 0) as overdue_count,
        coalesce(counted.overdue_amount_base, 0) as overdue_amount_base,
        months.coverage_month,
        coalesce(counted.expected_count, 0) as expected_count,
        coalesce(counted.expected_amount_base, 0) as expected_amount_base,
        open_target.target_amount_base,
        won_target.target_amount_base as won_target_amount_base,
        -- of a month to come nothing is won yet
        case
            when won_target.target_amount_base is null then null
            when months.coverage_month = months.period_month then coalesce(won.won_amount_base, 0)
            else 0
        end as won_amount_base
    from months
    cross join rows_of_a_month as spine
    left join counted
        on
            months.period_month = counted.period_month
            and spine.scope_kind = counted.scope_kind
            and spine.scope_id = counted.scope_id
            and spine.stage = counted.stage
            and spine.age_band = counted.age_band
    left join targets as open_target
        on
            open_target.kpi_id = 'open_pipeline'
            and months.period_month = open_target.period_start_on
            and spine.scope_kind = open_target.scope_kind
            and spine.scope_id = open_target.scope_id
            and spine.stage = 'all'
            and spine.age_band = 'all'
    left join targets as won_target
        on
            won_target.kpi_id = 'won_amount'
            and months.coverage_month = won_target.period_start_on
            and spine.scope_kind = won_target.scope_kind
            and spine.scope_id = won_target.scope_id
            and spine.stage = 'all'
            and spine.age_band = 'all'
    left join won
        on
            months.coverage_month = won.won_month
            and spine.scope_kind = won.scope_kind
            and spine.scope_id = won.scope_id
),

compared as (
    select
        *,
        lag(open_count) over in_time as previous_open_count,
        lag(open_amount_base) over in_time as previous_open_amount_base
    from monthly
    window in_time as (partition by scope_kind, scope_id, stage, age_band order by period_month)
),

periods as (
    select
        'month' as period_kind,
        *
    from compared
    union all
    -- as it stands now
    select
        'all' as period_kind,
        * replace (cast(null as date) as period_month)
    from compared
    where is_last
    union all
    -- also where there is no month at all
    select
        'all' as period_kind,
        null as period_month,
        as_of.as_of_on,
        true as is_last,
        'all' as scope_kind,
        'all' as scope_id,
        'all' as stage,
        'all' as age_band,
        0 as open_count,
        0 as unknown_open_count,
        0 as open_amount_base,
        0 as overdue_count,
        0 as overdue_amount_base,
        null as coverage_month,
        0 as expected_count,
        0 as expected_amount_base,
        null as target_amount_base,
        null as won_target_amount_base,
        null as won_amount_base,
        null as previous_open_count,
        null as previous_open_amount_base
    from {{ ref('int_as_of') }} as as_of
    where not exists (select 1 from months)
)

select
    period_kind,
    period_month,
    as_of_on,
    scope_kind,
    scope_id,
    stage,
    age_band,
    open_count,
    unknown_open_count,
    unknown_open_count = 0 as is_known,
    cast(open_amount_base as {{ money_type() }}) as open_amount_base,
    previous_open_count,
    open_count - previous_open_count as open_change_count,
    cast(previous_open_amount_base as {{ money_type() }}) as previous_open_amount_base,
    cast(open_amount_base - previous_open_amount_base as {{ money_type() }}) as open_change_amount_base,
    overdue_count,
    cast(overdue_amount_base as {{ money_type() }}) as overdue_amount_base,
    target_amount_base,
    cast(open_amount_base - target_amount_base as {{ money_type() }}) as target_difference_amount_base,
    {{ divide('open_amount_base', 'target_amount_base') }} as target_attainment_ratio,
    coverage_month,
    expected_count,
    cast(expected_amount_base as {{ money_type() }}) as expected_amount_base,
    won_target_amount_base,
    cast(won_amount_base as {{ money_type() }}) as won_amount_base,
    cast(won_target_amount_base - won_amount_base as {{ money_type() }}) as remaining_target_amount_base,
    -- once the target is reached there is nothing left to cover
    case when won_target_amount_base > won_amount_base then {{ divide('expected_amount_base', 'won_target_amount_base - won_amount_base') }} end as pipeline_coverage_ratio
from periods
