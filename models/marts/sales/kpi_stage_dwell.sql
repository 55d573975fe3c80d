-- One row per period (month in which the stay began), scope, source system and stage: how long deals stay; stays that go on are censored and counted apart.
with

stays as (
    select
        visit.source_system,
        visit.stage,
        visit.stage_order,
        -- a decimal: a sum of doubles would differ from run to run
        cast(visit.dwell_days as decimal(24, 12)) as dwell_days,
        visit.is_reentry,
        visit.skipped_stages,
        visit.is_running as is_open,
        visit.entered_on,
        deal.owner_id,
        deal.team,
        deal.region,
        deal.segment,
        deal.source,
        deal.product_family,
        deal.sourcing_partner_id
    from {{ ref('fct_opportunity_stage') }} as visit
    inner join {{ ref('fct_opportunity') }} as deal
        on
            visit.source_system = deal.source_system
            and visit.opportunity_id = deal.opportunity_id
    where visit.is_stay
),

by_period as (
    {{ by_period('stays', 'entered_on') }}
),

by_scope as (
    {{ scoped('by_period', deal_scopes()) }}
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    source_system,
    stage,
    min(stage_order) as stage_order,
    count(*) as visits_count,
    count(*) filter (where is_open) as open_visits_count,
    count(*) filter (where is_reentry) as reentries_count,
    count(*) filter (where skipped_stages > 0) as visits_after_skip_count,
    cast(sum(dwell_days) as double) as dwell_days,
    {{ divide('sum(dwell_days)', 'count(dwell_days)') }} as dwell_mean_days,
    {{ percentile('cast(dwell_days as double)', 0.5) }} as dwell_p50_days,
    {{ percentile('cast(dwell_days as double)', 0.9) }} as dwell_p90_days
from by_scope
group by period_kind, period_month, scope_kind, scope_id, source_system, stage
