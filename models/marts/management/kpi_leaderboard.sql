-- One row per KPI, part, period and rep, team or partner: where it stands among its like, and from whom it cannot be told apart.
-- Ranked by the cautious end of the interval: the lower bound, or the upper one where less is better. 18 of 30 stand before 2 of 2.
with

entrants as (
    select
        measured.kpi_id,
        measured.part,
        measured.period_kind,
        measured.period_month,
        measured.scope_kind,
        measured.scope_id,
        measured.value,
        measured.n,
        measured.low,
        measured.high,
        dictionary.direction,
        measured.is_mature
    from {{ ref('kpi_value') }} as measured
    inner join {{ ref('kpi_dictionary') }} as dictionary on measured.kpi_id = dictionary.kpi_id
    where
        measured.scope_kind in ('rep', 'team', 'partner')
        -- nobody's deals take part in no contest
        and measured.scope_id not in ('unknown', 'direct')
        and dictionary.direction in ('higher', 'lower')
),

on_one_scale as (
    -- turned so that more is better; without an interval the value is both of its ends
    select
        *,
        case
            when direction = 'lower' then -coalesce(high, value)
            else coalesce(low, value)
        end as cautious_end,
        case
            when direction = 'lower' then -coalesce(low, value)
            else coalesce(high, value)
        end as hopeful_end
    from entrants
),

ranked as (
    select
        *,
        rank() over contest as place,
        lag(cautious_end) over contest as cautious_end_before,
        -- the best that anybody from here down may be
        max(hopeful_end) over (contest_by_scope rows between current row and unbounded following) as best_from_here,
        max(cautious_end) over (contest_by_scope rows between unbounded preceding and unbounded following) as best_cautious_end
    from on_one_scale
    where value is not null
    window
        contest as (
            partition by kpi_id, part, period_kind, period_month, scope_kind
            order by cautious_end desc, hopeful_end desc
        ),
        contest_by_scope as (
            partition by kpi_id, part, period_kind, period_month, scope_kind
            order by cautious_end desc, hopeful_end desc, scope_id asc
        )
),

grouped as (
    -- a new group begins where everybody from here down lies wholly below everybody above: overlapping intervals share a
    -- group, and members of two groups certainly differ
    select
        *,
        1 + sum(case when best_from_here < cautious_end_before then 1 else 0 end) over (
            partition by kpi_id, part, period_kind, period_month, scope_kind
            order by place
        ) as tie_group
    from ranked
)

select
    entrants.kpi_id,
    entrants.part,
    entrants.period_kind,
    entrants.period_month,
    entrants.scope_kind,
    entrants.scope_id,
    entrants.value,
    entrants.n,
    entrants.low,
    entrants.high,
    entrants.direction,
    grouped.place as rank,
    cast(grouped.tie_group as bigint) as tie_group,
    grouped.hopeful_end >= grouped.best_cautious_end as ties_with_first,
    entrants.is_mature
from entrants
left join grouped
    on
        entrants.kpi_id = grouped.kpi_id
        and entrants.part = grouped.part
        and entrants.period_kind = grouped.period_kind
        and entrants.period_month is not distinct from grouped.period_month
        and entrants.scope_kind = grouped.scope_kind
        and entrants.scope_id = grouped.scope_id
