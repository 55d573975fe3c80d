-- One row per period and campaign: spend per lead, opportunity and customer. Spend by the day of the spend, leads by creation, opportunities by creation,
-- customers by the day of the win; campaigns with spend and nothing else keep their row.
with

campaigns as (
    select * from {{ ref('dim_campaign') }}
),

campaigns_by_id as (
    -- leads and deals name a campaign by its id alone: one that two platforms use must not count twice
    select
        campaign_id,
        min(platform) as platform
    from campaigns
    group by campaign_id
),

spend as (
    select
        platform,
        campaign_id,
        occurred_on,
        spend_base,
        0 as leads_count,
        0 as opportunities_count,
        0 as won_deals_count,
        cast(null as varchar) as customer_key
    from {{ ref('fct_campaign_cost') }}
),

leads as (
    select
        -- a campaign that nobody lists keeps its leads
        coalesce(campaigns_by_id.platform, 'unknown') as platform,
        lead.campaign_id,
        lead.created_on as occurred_on,
        0 as spend_base,
        1 as leads_count,
        0 as opportunities_count,
        0 as won_deals_count,
        cast(null as varchar) as customer_key
    from {{ ref('fct_lead') }} as lead
    left join campaigns_by_id
        on lead.campaign_id = campaigns_by_id.campaign_id
    where lead.is_survivor and lead.campaign_id is not null
),

campaign_deals as (
    select
        coalesce(campaigns_by_id.platform, 'unknown') as platform,
        deal.credited_campaign_id as campaign_id,
        deal.created_on,
        deal.closed_on,
        deal.is_won,
        deal.source_system || ' ' || deal.customer_id as customer_key
    from {{ ref('fct_opportunity') }} as deal
    left join campaigns_by_id
        on deal.credited_campaign_id = campaigns_by_id.campaign_id
    where deal.credited_campaign_id is not null
),

events as (
    select * from spend
    union all
    select * from leads
    union all
    select
        platform,
        campaign_id,
        created_on as occurred_on,
        0 as spend_base,
        0 as leads_count,
        1 as opportunities_count,
        0 as won_deals_count,
        cast(null as varchar) as customer_key
    from campaign_deals
    union all
    select
        platform,
        campaign_id,
        closed_on as occurred_on,
        0 as spend_base,
        0 as leads_count,
        0 as opportunities_count,
        1 as won_deals_count,
        customer_key
    from campaign_deals
    where is_won
),

summed as (
    select
        period_kind,
        period_month,
        platform,
        campaign_id,
        cast(sum(spend_base) as {{ money_type() }}) as spend_base,
        cast(sum(leads_count) as bigint) as leads_count,
        cast(sum(opportunities_count) as bigint) as opportunities_count,
        cast(sum(won_deals_count) as bigint) as won_deals_count,
        -- a customer who bought twice is one customer
        count(distinct customer_key) as customers_count
    from ({{ by_period('events', 'occurred_on') }}) as events_by_period
    group by period_kind, period_month, platform, campaign_id
)

select
    summed.period_kind,
    summed.period_month,
    summed.platform,
    summed.campaign_id,
    campaigns.campaign_name,
    summed.spend_base,
    summed.leads_count,
    {{ divide_money('summed.spend_base', 'summed.leads_count') }} as cost_per_lead_base,
    summed.opportunities_count,
    {{ divide_money('summed.spend_base', 'summed.opportunities_count') }} as cost_per_opportunity_base,
    summed.won_deals_count,
    summed.customers_count,
    {{ divide_money('summed.spend_base', 'summed.customers_count') }} as cost_per_customer_base
from summed
left join campaigns
    on
        summed.platform = campaigns.platform
        and summed.campaign_id = campaigns.campaign_id
