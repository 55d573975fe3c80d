-- One row per record of the export: a Google ad on a day. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('google_ads__ad_performance_daily') }}
),

renamed as (
    select
        -- ids
        'google_ads' as source_system,
        'google_ads' as platform,
        "customer.id" as account_id,
        "campaign.id" as campaign_id,
        "ad_group.id" as ad_group_id,
        "ad_group_ad.ad.id" as ad_id,

        -- strings
        "campaign.name" as campaign_name,
        case "campaign.advertising_channel_type" when 'SEARCH' then 'Paid Search' when 'SHOPPING' then 'Paid Search' when 'DISPLAY' then 'Display' when 'VIDEO' then 'Video' else 'Paid Search' end as channel,
        "ad_group.name" as ad_group_name,
        "ad_group_ad.ad.name" as ad_name,
        "customer.currency_code" as currency,

        -- numerics
        "metrics.impressions" as impressions,
        cast(null as bigint) as reach,
        "metrics.clicks" as clicks,
        cast(null as bigint) as reactions,
        cast(cast("metrics.cost_micros" as decimal(28, 0)) * 0.000001 as {{ money_type() }}) as spend,
        "metrics.conversions" as platform_conversions,
        cast("metrics.conversions_value" as {{ money_type() }}) as platform_conversion_value,

        -- times
        "segments.date" as date_on,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
