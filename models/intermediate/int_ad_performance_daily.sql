-- One row per ad platform, account, ad and day, up to as_of.
with

unioned as (
    {{ union_staged(['stg_google_ads__ad_performance_daily', 'stg_meta_ads__ad_performance_daily', 'stg_generic__ad_performance_daily'], [
        'source_system',
        'platform',
        'account_id',
        'campaign_id',
        'ad_group_id',
        'ad_id',
        'campaign_name',
        'channel',
        'ad_group_name',
        'ad_name',
        'currency',
        'impressions',
        'reach',
        'clicks',
        'reactions',
        'spend',
        'platform_conversions',
        'platform_conversion_value',
        'date_on',
    ]) }}
)

select
    unioned.source_system,
    unioned.platform,
    coalesce(unioned.account_id, 'unknown') as account_id,
    coalesce(unioned.campaign_id, 'unknown') as campaign_id,
    coalesce(unioned.ad_group_id, 'unknown') as ad_group_id,
    unioned.ad_id,
    unioned.campaign_name,
    unioned.channel,
    unioned.ad_group_name,
    unioned.ad_name,
    {{ currency_or_default('unioned.currency') }} as currency,
    unioned.impressions,
    unioned.reach,
    unioned.clicks,
    unioned.reactions,
    unioned.spend,
    unioned.platform_conversions,
    unioned.platform_conversion_value,
    unioned.date_on,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.date_on <= as_of.as_of_on
