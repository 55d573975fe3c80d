-- One row per period (month of the close) and scope: won deals, their size, and the velocity with its four inputs.
-- Months without a won deal keep their row: the pipeline was open all the same.
with

deals as (
    select
        source_system,
        opportunity_id,
        owner_id,
        team,
        region,
        segment,
        source,
        product_family,
        sourcing_partner_id,
        is_closed,
        is_won,
        has_amount,
        amount_base,
        created_on,
        closed_on,
        cycle_from_created_days
    from {{ ref('fct_opportunity') }}
),

by_scope as (
    {{ scoped('deals', deal_scopes()) }}
),

months as (
    select
        month.period_month,
        month.month_end_on
    from {{ ref('int_month') }} as month
),

scopes as (
    select
        scope_kind,
        scope_id
    from by_scope
    union
    select
        'all' as scope_kind,
        'all' as scope_id
),

open_periods as (
    -- a deal without a creation date is not known to be open on a day: it counts in 'all' only
    select
        deals.opportunity_id,
        deals.owner_id,
        deals.team,
        deals.region,
        deals.segment,
        deals.source,
        deals.product_family,
        deals.sourcing_partner_id,
        periods.opened_on,
        periods.closed_on
    from deals
    inner join {{ ref('int_opportunity_open_period') }} as periods
        on
            deals.source_system = periods.source_system
            and deals.opportunity_id = periods.opportunity_id
    where periods.opened_on is not null
),

open_periods_by_scope as (
    {{ scoped('open_periods', deal_scopes()) }}
),

turns as (
    select
        scope_kind,
        scope_id,
        {{ month_of('opened_on') }} as period_month,
        1 as open_change
    from open_periods_by_scope
    union all
    select
        scope_kind,
        scope_id,
        {{ month_of('closed_on') }} as period_month,
        -1 as open_change
    from open_periods_by_scope
    where closed_on is not null
),

open_changes as (
    select
        scope_kind,
        scope_id,
        period_month,
        sum(open_change) as open_change
    from turns
    group by scope_kind, scope_id, period_month
),

closed as (
    select
        scope_kind,
        scope_id,
        {{ month_of('closed_on') }} as period_month,
        count(*) as deals_count,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_won and not has_amount) as won_without_amount_count,
        sum(amount_base) filter (where is_won) as won_amount_base,
        sum(cycle_from_created_days) filter (where is_won) as won_cycle_days,
        count(cycle_from_created_days) filter (where is_won) as won_cycle_count
    from by_scope
    where is_closed
    group by all
),

monthly as (
    select
        'month' as period_kind,
        months.period_month,
        scopes.scope_kind,
        scopes.scope_id,
        coalesce(closed.won_count, 0) as deal_count,
        coalesce(closed.deals_count, 0) as closed_count,
        coalesce(closed.won_without_amount_count, 0) as won_without_amount_count,
        coalesce(closed.won_amount_base, 0) as won_amount_base,
        closed.won_cycle_days,
        coalesce(closed.won_cycle_count, 0) as won_cycle_count,
        -- open at the month's end = opened so far - closed so far
        sum(coalesce(open_changes.open_change, 0)) over (
            partition by scopes.scope_kind, scopes.scope_id
            order by months.period_month
            rows between unbounded preceding and current row
        ) as open_count
    from scopes
    cross join months
    left join open_changes
        on
            scopes.scope_kind = open_changes.scope_kind
            and scopes.scope_id = open_changes.scope_id
            and months.period_month = open_changes.period_month
    left join closed
        on
            scopes.scope_kind = closed.scope_kind
            and scopes.scope_id = closed.scope_id
            and months.period_month = closed.period_month
),

overall as (
    select
        'all' as period_kind,
        cast(null as date) as period_month,
        scopes.scope_kind,
        scopes.scope_id,
        count(*) filter (where by_scope.is_won) as deal_count,
        count(*) filter (where by_scope.is_closed) as closed_count,
        count(*) filter (where by_scope.is_won and not by_scope.has_amount) as won_without_amount_count,
        coalesce(sum(by_scope.amount_base) filter (where by_scope.is_won), 0) as won_amount_base,
        sum(by_scope.cycle_from_created_days) filter (where by_scope.is_won) as won_cycle_days,
        count(by_scope.cycle_from_created_days) filter (where by_scope.is_won) as won_cycle_count,
        count(*) filter (where not by_scope.is_closed) as open_count
    from scopes
    left join by_scope
        on
            scopes.scope_kind = by_scope.scope_kind
            and scopes.scope_id = by_scope.scope_id
    group by scopes.scope_kind, scopes.scope_id
),

periods as (
    select * from monthly
    union all
    select * from overall
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    deal_count,
    cast(won_amount_base as {{ money_type() }}) as won_amount_base,
    {{ divide_money('won_amount_base', 'deal_count') }} as average_deal_size,
    cast(open_count as bigint) as open_count,
    closed_count,
    won_without_amount_count,
    {{ rate_columns('win', 'deal_count', 'closed_count') }},
    won_cycle_days,
    won_cycle_count,
    {{ divide('won_cycle_days', 'won_cycle_count') }} as mean_cycle_days,
    {{ sales_velocity('open_count', 'deal_count', 'closed_count', 'won_amount_base', 'won_cycle_days', 'won_cycle_count') }} as sales_velocity_per_day
from periods
