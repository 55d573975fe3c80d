-- One row per record of the export: a campaign in a week. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__ad_reach_weekly') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "platform",
        "campaign_id",

        -- numerics
        "impressions",
        "reach",

        -- times
        "week_on",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
