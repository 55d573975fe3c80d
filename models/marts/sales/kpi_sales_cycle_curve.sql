-- One row per scope and day since creation on which a deal was won, lost or left observation: the Aalen-Johansen cumulative incidence
-- of winning, with losing as a competing event and open deals censored at as_of. Between rows the incidence stays as it is.
with

deals as (
    select
        deal.owner_id,
        deal.team,
        deal.region,
        deal.segment,
        deal.source,
        deal.product_family,
        deal.sourcing_partner_id,
        deal.outcome,
        -- a deal that ends before it begins has a wrong date: it tells nothing about time
        case when deal.outcome = 'open' then {{ days_between('deal.created_on', 'as_of.as_of_on') }} else deal.cycle_from_created_days end as day
    from {{ ref('fct_opportunity') }} as deal
    cross join {{ ref('int_as_of') }} as as_of
),

by_scope as (
    {{ scoped('deals', deal_scopes()) }}
),

events as (
    select
        scope_kind,
        scope_id,
        day,
        count(*) filter (where outcome = 'won') as won_count,
        count(*) filter (where outcome = 'lost') as lost_count,
        count(*) filter (where outcome = 'open') as censored_count,
        count(*) as leaving_count
    from by_scope
    where day >= 0
    group by scope_kind, scope_id, day
),

at_risk as (
    select
        *,
        -- everyone who leaves on this day or later is still at risk on it
        sum(leaving_count) over (
            partition by scope_kind, scope_id order by day desc rows between unbounded preceding and current row
        ) as at_risk_count
    from events
),

survival as (
    select
        *,
        -- share still open after the day: the product of (1 - events / at risk), as the sum of logarithms; 0 once everyone has gone
        case
            when min(at_risk_count - won_count - lost_count) over so_far = 0 then 0
            else exp(sum(ln(greatest(1 - (won_count + lost_count) / cast(at_risk_count as double), 1e-300))) over so_far)
        end as open_share
    from at_risk
    window so_far as (partition by scope_kind, scope_id order by day rows between unbounded preceding and current row)
),

increments as (
    select
        *,
        coalesce(lag(open_share) over (partition by scope_kind, scope_id order by day), 1) as open_share_before
    from survival
),

curve as (
    select
        scope_kind,
        scope_id,
        cast(day as bigint) as day,
        cast(at_risk_count as bigint) as at_risk_count,
        won_count,
        lost_count,
        censored_count,
        -- twelve digits: what logarithms leave behind them is no share
        round(sum(open_share_before * won_count / at_risk_count) over so_far, 12) as won_incidence,
        round(sum(open_share_before * lost_count / at_risk_count) over so_far, 12) as lost_incidence,
        round(open_share, 12) as open_share
    from increments
    window so_far as (partition by scope_kind, scope_id order by day rows between unbounded preceding and current row)
)

select
    scope_kind,
    scope_id,
    day,
    at_risk_count,
    won_count,
    lost_count,
    censored_count,
    won_incidence,
    lost_incidence,
    open_share,
    min(day) filter (where won_incidence >= 0.5) over (partition by scope_kind, scope_id) as median_time_to_win_days
from curve
