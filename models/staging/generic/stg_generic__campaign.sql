-- One row per record of the export: a campaign. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__campaign') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "campaign_id",

        -- strings
        coalesce("campaign_name", "campaign_id") as campaign_name,
        coalesce("platform", 'generic') as platform,
        "channel" as campaign_type,
        "channel",
        "currency",

        -- numerics
        "cost",

        -- times
        "started_on",
        "ended_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
