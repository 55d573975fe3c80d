-- One row per record of the export: the current state of a Salesforce opportunity. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__opportunity') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as opportunity_id,
        "AccountId" as account_id,
        "OwnerId" as owner_id,
        cast(null as varchar) as sourcing_partner_id,
        cast(null as varchar) as lead_id,
        "CampaignId" as campaign_id,
        cast(null as varchar) as product_id,

        -- strings
        cast(null as varchar) as product_family,
        "LeadSource" as source,
        "StageName" as stage,
        case when "IsWon" then 'won' when "IsClosed" then 'lost' when not "IsClosed" then 'open' end as outcome,
        "Loss_Reason__c" as loss_reason,
        "Competitor__c" as competitor,
        "CurrencyIsoCode" as currency,

        -- numerics
        "Amount" as amount,

        -- times
        "CreatedDate" as created_at,
        cast(null as timestamp) as first_followup_at,
        case when "IsClosed" then {{ local_midnight('"CloseDate"') }} end as closed_at,
        "CloseDate" as expected_close_on,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
