-- One row per period (month of the close), scope, reason, competitor and stage in which the deal was lost.
with

lost_deals as (
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
        coalesce(loss_reason, 'not given') as loss_reason,
        coalesce(lost_to_competitor, 'none') as competitor,
        amount_base,
        closed_on
    from {{ ref('fct_opportunity') }}
    where is_lost
),

last_open_visits as (
    -- the stage a deal was in when it was lost; unknown where no history is exported. A won stage has a place in the ladder too:
    -- a deal that was won, reopened and lost was lost in the last stage that was open
    select
        visit.source_system,
        visit.opportunity_id,
        max_by(visit.stage, visit.entry_number) as lost_in_stage
    from {{ ref('fct_opportunity_stage') }} as visit
    inner join {{ ref('int_stage') }} as stage
        on
            visit.source_system = stage.source_system
            and visit.stage = stage.stage
            and stage.outcome = 'open'
    where visit.has_history
    group by visit.source_system, visit.opportunity_id
),

placed as (
    select
        lost_deals.*,
        coalesce(last_open_visits.lost_in_stage, 'unknown') as stage
    from lost_deals
    left join last_open_visits
        on
            lost_deals.source_system = last_open_visits.source_system
            and lost_deals.opportunity_id = last_open_visits.opportunity_id
),

by_period as (
    {{ by_period('placed', 'closed_on') }}
),

by_scope as (
    {{ scoped('by_period', deal_scopes()) }}
),

counted as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        loss_reason,
        competitor,
        stage,
        count(*) as lost_count,
        coalesce(sum(amount_base), 0) as lost_amount_base
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id, loss_reason, competitor, stage
),

shared as (
    select
        *,
        cast(sum(lost_count) over (partition by period_kind, period_month, scope_kind, scope_id) as bigint) as all_lost_count
    from counted
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    loss_reason,
    competitor,
    stage,
    lost_count,
    cast(lost_amount_base as {{ money_type() }}) as lost_amount_base,
    all_lost_count,
    {{ rate_columns('share', 'lost_count', 'all_lost_count') }}
from shared
