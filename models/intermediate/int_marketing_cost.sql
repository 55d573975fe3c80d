-- One row per cost of a campaign: an ad on a day, or the whole cost of a campaign that no platform runs, on its first day. In the reporting currency.
with

ads as (
    select
        ads.platform,
        ads.campaign_id,
        ads.date_on as occurred_on,
        {{ in_reporting_currency('ads.spend', 'ads.currency', 'fx.rate') }} as spend_base
    from {{ ref('int_ad_performance_daily') }} as ads
    left join {{ ref('int_fx_rate_daily') }} as fx
        on
            ads.currency = fx.currency
            and ads.date_on = fx.valid_on
),

platform_campaigns as (
    select distinct
        platform,
        campaign_id
    from ads
),

campaigns as (
    -- a twin of a platform's campaign is left out, whether the campaign map or the CRM itself names the platform: its cost is the platform's spend
    select
        records.platform,
        records.campaign_id,
        records.started_on as occurred_on,
        {{ in_reporting_currency('records.cost', currency_or_default('records.currency'), 'fx.rate') }} as spend_base
    from {{ ref('int_campaign_records') }} as records
    inner join {{ ref('int_campaign') }} as campaign
        on
            records.platform = campaign.platform
            and records.campaign_id = campaign.campaign_id
    cross join {{ ref('int_as_of') }} as as_of
    left join platform_campaigns
        on
            records.platform = platform_campaigns.platform
            and records.campaign_id = platform_campaigns.campaign_id
    left join {{ ref('int_fx_rate_daily') }} as fx
        on
            {{ currency_or_default('records.currency') }} = fx.currency
            and records.started_on = fx.valid_on
    where
        records.cost is not null
        and platform_campaigns.campaign_id is null
        -- without a first day the cost counts in period 'all'
        and coalesce(records.started_on <= as_of.as_of_on, true)
)

select * from ads
union all
select * from campaigns
