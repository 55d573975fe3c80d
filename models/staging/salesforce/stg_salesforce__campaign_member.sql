-- One row per record of the export: a Salesforce campaign member: a lead or contact in a campaign. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__campaign_member') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as campaign_member_id,
        "CampaignId" as campaign_id,
        "LeadId" as lead_id,
        "ContactId" as contact_id,

        -- booleans
        coalesce("HasResponded", false) as has_responded,

        -- times
        {{ local_midnight('"FirstRespondedDate"') }} as responded_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
