-- One row per record of the export: a campaign of the CRM and its twin at an ad platform. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__campaign_map') }}
),

renamed as (
    select
        "source_system",
        "campaign_id",
        "platform",
        "platform_campaign_id",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
