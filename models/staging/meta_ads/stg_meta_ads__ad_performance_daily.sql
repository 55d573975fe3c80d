-- One row per record of the export: a Meta ad on a day. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('meta_ads__ad_performance_daily') }}
),

renamed as (
    select
        -- ids
        'meta_ads' as source_system,
        'meta_ads' as platform,
        "account_id",
        "campaign_id",
        "adset_id" as ad_group_id,
        "ad_id",

        -- strings
        "campaign_name",
        'Paid Social' as channel,
        "adset_name" as ad_group_name,
        "ad_name",
        "account_currency" as currency,

        -- numerics
        "impressions",
        "reach",
        "clicks",
        {{ meta_action_total('actions', 'post_reaction') }} as reactions,
        "spend",
        {{ meta_action_total('actions', 'purchase') }} as platform_conversions,
        cast({{ meta_action_total('action_values', 'purchase') }} as {{ money_type() }}) as platform_conversion_value,

        -- times
        "date_start" as date_on,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
