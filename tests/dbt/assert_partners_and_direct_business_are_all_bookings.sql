{{ config(meta={'dagster': {'ref': {'name': 'kpi_partner_scorecard'}}}) }}

with

scorecard as (
    select
        period_kind,
        period_month,
        sum(won_amount_base) as won_amount_base,
        sum(deal_count) as deal_count
    from {{ ref('kpi_partner_scorecard') }}
    group by period_kind, period_month
),

bookings as (
    select
        period_kind,
        period_month,
        coalesce(won_amount_base, 0) as won_amount_base,
        deal_count
    from {{ ref('kpi_deals') }}
    where scope_kind = 'all'
)

select
    bookings.period_kind,
    bookings.period_month,
    bookings.won_amount_base,
    scorecard.won_amount_base as scorecard_won_amount_base,
    bookings.deal_count,
    scorecard.deal_count as scorecard_deal_count
from bookings
left join scorecard
    on
        bookings.period_kind = scorecard.period_kind
        and bookings.period_month is not distinct from scorecard.period_month
-- without a single deal there is no scorecard
where
    bookings.won_amount_base <> coalesce(scorecard.won_amount_base, 0)
    or bookings.deal_count <> coalesce(scorecard.deal_count, 0)
