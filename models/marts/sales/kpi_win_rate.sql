-- One row per period, scope and basis: how many of the deals created (cohort) or closed (by close date) were won.
with

deals as (
    select
        deal.source_system,
        deal.opportunity_id,
        deal.owner_id,
        deal.team,
        deal.region,
        deal.segment,
        deal.source,
        deal.product_family,
        deal.sourcing_partner_id,
        deal.is_closed,
        deal.is_won,
        deal.is_lost,
        deal.has_amount,
        deal.amount_base,
        deal.created_on,
        deal.closed_on,
        deal.is_win_rate_mature as is_mature
    from {{ ref('fct_opportunity') }} as deal
),

closed_deals as (
    select * from deals
    where is_closed
),

by_basis as (
    select
        *,
        'created' as basis
    from ({{ by_period('deals', 'created_on') }}) as created
    union all
    select
        *,
        'closed' as basis
    from ({{ by_period('closed_deals', 'closed_on') }}) as closed
),

by_scope as (
    {{ scoped('by_basis', deal_scopes()) }}
),

counted as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        basis,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_lost) as lost_count,
        count(*) as n,
        count(*) filter (where is_won and (is_mature or basis = 'closed')) as mature_won_count,
        count(*) filter (where is_mature or basis = 'closed') as mature_n,
        coalesce(sum(amount_base) filter (where is_won), 0) as won_amount_base,
        coalesce(sum(amount_base) filter (where is_closed), 0) as closed_amount_base,
        count(*) filter (where is_lost and not has_amount) as lost_without_amount_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id, basis
),

headlines as (
    select
        headline.*,
        bases.basis
    from ({{ headline_rows() }}) as headline
    cross join (
        select 'created' as basis
        union all
        select 'closed' as basis
    ) as bases
),

filled as (
    select
        coalesce(counted.period_kind, headlines.period_kind) as period_kind,
        coalesce(counted.period_month, headlines.period_month) as period_month,
        coalesce(counted.scope_kind, headlines.scope_kind) as scope_kind,
        coalesce(counted.scope_id, headlines.scope_id) as scope_id,
        coalesce(counted.basis, headlines.basis) as basis,
        coalesce(counted.won_count, 0) as won_count,
        coalesce(counted.lost_count, 0) as lost_count,
        coalesce(counted.n, 0) as n,
        coalesce(counted.mature_won_count, 0) as mature_won_count,
        coalesce(counted.mature_n, 0) as mature_n,
        coalesce(counted.won_amount_base, 0) as won_amount_base,
        coalesce(counted.closed_amount_base, 0) as closed_amount_base,
        coalesce(counted.lost_without_amount_count, 0) as lost_without_amount_count
    from counted
    full outer join headlines
        on {{ same_period_and_scope('counted', 'headlines') }} and counted.basis = headlines.basis
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    basis,
    won_count,
    lost_count,
    n,
    {{ rate_columns('win', 'won_count', 'n') }},
    mature_won_count,
    mature_n,
    {{ rate_columns('mature_win', 'mature_won_count', 'mature_n') }},
    n > 0 and mature_n = n as is_mature,
    cast(won_amount_base as {{ money_type() }}) as won_amount_base,
    cast(closed_amount_base as {{ money_type() }}) as closed_amount_base,
    lost_without_amount_count,
    -- exports that empty the amount of lost deals would show a ratio of 1: there it is unknown
    case
        when lost_count > 0 and lost_without_amount_count = lost_count then null
        else {{ divide('won_amount_base', 'closed_amount_base') }}
    end as won_amount_ratio
from filled
