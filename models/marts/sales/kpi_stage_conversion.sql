-- One row per period (month of creation), scope, source system and pair of neighbouring stages: three ways to say how many went on.
-- ever = ever in the later / ever in the earlier (may exceed 1); both = ever in both / ever in the earlier;
-- reached = furthest stage at or beyond the later / furthest stage at or beyond the earlier.
with

deals as (
    select * from {{ ref('fct_opportunity') }}
),

deal_pairs as (
    select
        pair.*,
        deals.owner_id,
        deals.team,
        deals.region,
        deals.segment,
        deals.source,
        deals.product_family,
        deals.sourcing_partner_id,
        deals.is_lost,
        deals.loss_reason
    from {{ ref('fct_opportunity_stage_pair') }} as pair
    inner join deals
        on
            pair.source_system = deals.source_system
            and pair.opportunity_id = deals.opportunity_id
),

by_period as (
    {{ by_period('deal_pairs', 'created_on') }}
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
        source_system,
        from_stage,
        to_stage,
        from_stage_order,
        to_stage_order,
        count(*) filter (where was_in_from) as from_count,
        count(*) filter (where was_in_to) as to_count,
        count(*) filter (where was_in_from and was_in_to) as both_count,
        count(*) filter (where has_reached_from) as reached_from_count,
        count(*) filter (where has_reached_to) as reached_to_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id, source_system, from_stage, to_stage, from_stage_order, to_stage_order
),

reasons as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        source_system,
        from_stage,
        coalesce(loss_reason, 'not given') as loss_reason,
        count(*) as lost_count
    from by_scope
    where is_lost and came_no_further
    group by all
),

top_reasons as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        source_system,
        from_stage,
        {{ dbt.listagg("loss_reason || ' (' || lost_count || ')'", "', '", 'order by lost_count desc, loss_reason') }} as top_loss_reasons
    from (
        select
            *,
            row_number() over (
                partition by period_kind, period_month, scope_kind, scope_id, source_system, from_stage
                order by lost_count desc, loss_reason asc
            ) as reason_number
        from reasons
    ) as ranked
    where reason_number <= 3
    group by period_kind, period_month, scope_kind, scope_id, source_system, from_stage
),

teams as (
    -- the team of today's rep, beside whose average the rep stands
    select
        source_system,
        rep_id,
        coalesce(team, 'unknown') as team
    from {{ ref('dim_rep') }}
    where is_current
)

select
    counted.period_kind,
    counted.period_month,
    counted.scope_kind,
    counted.scope_id,
    counted.source_system,
    counted.from_stage,
    counted.to_stage,
    counted.from_stage_order,
    counted.to_stage_order,
    counted.from_count,
    counted.to_count,
    {{ divide('counted.to_count', 'counted.from_count') }} as ever_ratio,
    counted.both_count,
    {{ rate_columns('both', 'counted.both_count', 'counted.from_count') }},
    counted.reached_from_count,
    counted.reached_to_count,
    {{ rate_columns('reached', 'counted.reached_to_count', 'counted.reached_from_count') }},
    {{ divide('team.to_count', 'team.from_count') }} as team_ever_ratio,
    team.from_count as team_from_count,
    team.to_count as team_to_count,
    team.both_count as team_both_count,
    {{ rate_columns('team_both', 'team.both_count', 'team.from_count') }},
    team.reached_from_count as team_reached_from_count,
    team.reached_to_count as team_reached_to_count,
    {{ rate_columns('team_reached', 'team.reached_to_count', 'team.reached_from_count') }},
    top_reasons.top_loss_reasons,
    coalesce({{ is_mature('counted.period_month', 'stage_conversion') }}, false) as is_mature
from counted
cross join {{ ref('int_as_of') }} as as_of
left join teams
    on
        counted.scope_kind = 'rep'
        and counted.source_system = teams.source_system
        and counted.scope_id = teams.rep_id
left join counted as team
    on
        teams.team = team.scope_id
        and team.scope_kind = 'team'
        and counted.source_system = team.source_system
        and counted.period_kind = team.period_kind
        and counted.period_month is not distinct from team.period_month
        and counted.from_stage = team.from_stage
left join top_reasons
    on
        counted.period_kind = top_reasons.period_kind
        and counted.period_month is not distinct from top_reasons.period_month
        and counted.scope_kind = top_reasons.scope_kind
        and counted.scope_id = top_reasons.scope_id
        and counted.source_system = top_reasons.source_system
        and counted.from_stage = top_reasons.from_stage
