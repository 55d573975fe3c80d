-- One row per record of the export: an ad on a day. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__ad_performance_daily') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "platform",
        "account_id",
        "campaign_id",
        "ad_group_id",
        "ad_id",

        -- strings
        "campaign_name",
        "channel",
        "ad_group_name",
        "ad_name",
        "currency",

        -- numerics
        "impressions",
        "reach",
        "clicks",
        "reactions",
        "spend",
        "conversions" as platform_conversions,
        cast("conversion_value" as {{ money_type() }}) as platform_conversion_value,

        -- times
        "date_on",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
