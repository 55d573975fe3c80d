-- One row per period (month of the close) and scope: how long won deals took, from creation and from the first follow-up.
with

won_deals as (
    select
        opportunity_id,
        owner_id,
        team,
        region,
        segment,
        source,
        product_family,
        sourcing_partner_id,
        closed_on,
        cycle_from_created_days,
        cycle_from_followup_days
    from {{ ref('fct_opportunity') }}
    where is_won
),

by_period as (
    {{ by_period('won_deals', 'closed_on') }}
),

by_scope as (
    {{ scoped('by_period', deal_scopes()) }}
),

measured as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as won_count,
        count(cycle_from_created_days) as from_created_count,
        sum(cycle_from_created_days) as from_created_days,
        {{ divide('sum(cycle_from_created_days)', 'count(cycle_from_created_days)') }} as cycle_from_created_mean_days,
        {{ percentile('cycle_from_created_days', 0.5) }} as cycle_from_created_median_days,
        {{ percentile('cycle_from_created_days', 0.9) }} as cycle_from_created_p90_days,
        count(cycle_from_followup_days) as from_followup_count,
        sum(cycle_from_followup_days) as from_followup_days,
        {{ divide('sum(cycle_from_followup_days)', 'count(cycle_from_followup_days)') }} as cycle_from_followup_mean_days,
        {{ percentile('cycle_from_followup_days', 0.5) }} as cycle_from_followup_median_days,
        {{ percentile('cycle_from_followup_days', 0.9) }} as cycle_from_followup_p90_days
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id
)

select
    coalesce(measured.period_kind, headlines.period_kind) as period_kind,
    coalesce(measured.period_month, headlines.period_month) as period_month,
    coalesce(measured.scope_kind, headlines.scope_kind) as scope_kind,
    coalesce(measured.scope_id, headlines.scope_id) as scope_id,
    coalesce(measured.won_count, 0) as won_count,
    coalesce(measured.from_created_count, 0) as from_created_count,
    measured.from_created_days,
    measured.cycle_from_created_mean_days,
    measured.cycle_from_created_median_days,
    measured.cycle_from_created_p90_days,
    coalesce(measured.from_followup_count, 0) as from_followup_count,
    measured.from_followup_days,
    measured.cycle_from_followup_mean_days,
    measured.cycle_from_followup_median_days,
    measured.cycle_from_followup_p90_days
from measured
full outer join ({{ headline_rows() }}) as headlines
    on {{ same_period_and_scope('measured', 'headlines') }}
