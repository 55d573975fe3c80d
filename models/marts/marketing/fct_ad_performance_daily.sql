-- One row per ad platform, account, ad and day. Spend without a single conversion stays.
select
    ads.source_system,
    ads.platform,
    ads.account_id,
    ads.campaign_id,
    coalesce(campaign.channel, 'Unknown') as channel,
    ads.ad_group_id,
    ads.ad_id,
    ads.ad_name,
    ads.date_on,
    ads.spend,
    ads.currency,
    {{ in_reporting_currency('ads.spend', 'ads.currency', 'fx.rate') }} as spend_base,
    ads.impressions,
    ads.clicks,
    -- a share of impressions: never more than they are
    cast({{ at_most('coalesce(ads.clicks, 0)', 'coalesce(ads.impressions, 0)') }} as bigint) as engaging_clicks,
    cast(ads.reactions as bigint) as reactions,
    -- kinds overlap (Meta counts a reaction among the clicks): the largest is taken, never their sum
    cast({{ at_most('greatest(coalesce(ads.clicks, 0), coalesce(ads.reactions, 0))', 'coalesce(ads.impressions, 0)') }} as bigint) as engagements,
    ads.reach,
    ads.platform_conversions,
    ads.platform_conversion_value,
    {{ in_reporting_currency('ads.platform_conversion_value', 'ads.currency', 'fx.rate') }} as platform_conversion_value_base,
    ads._export_file,
    ads._export_record
from {{ ref('int_ad_performance_daily') }} as ads
left join {{ ref('dim_campaign') }} as campaign
    on
        ads.platform = campaign.platform
        and ads.campaign_id = campaign.campaign_id
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        ads.currency = fx.currency
        and ads.date_on = fx.valid_on
