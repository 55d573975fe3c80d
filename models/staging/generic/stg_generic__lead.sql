-- One row per record of the export: a lead. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__lead') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "lead_id",
        "owner_id",
        "partner_id",
        "account_id",
        "opportunity_id",
        "campaign_id",
        "campaign_id" as platform_campaign_id,
        "ad_id" as platform_ad_id,
        cast(null as varchar) as click_platform,

        -- strings
        "lead_name",
        "company",
        "email",
        "phone",
        "country",
        "status",
        "source",
        "source" as utm_source,
        "medium" as utm_medium,

        -- times
        "created_at",
        "converted_at",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
