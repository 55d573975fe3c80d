-- One row per record of the export: an event of Google Analytics 4. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('ga4__event') }}
),

renamed as (
    select
        -- ids
        'ga4' as source_system,
        coalesce("user_pseudo_id", '') || ' ' || cast("event_timestamp" as varchar) || ' ' || "event_name"
        || ' ' || coalesce("event_bundle_sequence_id", '') || ' ' || coalesce(cast("batch_event_index" as varchar), '') as action_id,
        "user_pseudo_id" as visitor_id,
        "ga_session_id" as session_id,
        "campaign_id",

        -- strings
        "event_name",
        "page_location" as page,
        cast(null as varchar) as landing_page,
        coalesce("source", case when "gclid" is not null then 'google' end) as utm_source,
        coalesce("medium", case when "gclid" is not null then 'cpc' end) as utm_medium,
        cast(null as varchar) as channel,
        -- Google Analytics exports no source for a session that came directly; an event without a session says nothing of its origin
        case when "user_pseudo_id" is not null and "ga_session_id" is not null then '(direct)' end as default_source,
        "campaign" as campaign_name,
        "device_category",

        -- numerics
        "batch_event_index" as sequence_number,

        -- times
        "event_timestamp" as occurred_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
