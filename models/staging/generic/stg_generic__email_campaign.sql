-- One row per record of the export: an e-mail campaign on a day of sending. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__email_campaign') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "email_campaign_id" as mailing_id,
        "campaign_id",

        -- strings
        coalesce("campaign_name", "email_campaign_id") as mailing_name,

        -- numerics
        "sent",
        "delivered",
        "opened",
        "clicked",
        "replied",
        "unsubscribed",

        -- times
        "date_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
