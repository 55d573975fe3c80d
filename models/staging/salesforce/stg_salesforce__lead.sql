-- One row per record of the export: a Salesforce lead. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__lead') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as lead_id,
        "OwnerId" as owner_id,
        "Partner__c" as partner_id,
        "ConvertedAccountId" as account_id,
        "ConvertedOpportunityId" as opportunity_id,
        cast(null as varchar) as campaign_id,
        "UTM_Campaign__c" as platform_campaign_id,
        "UTM_Content__c" as platform_ad_id,
        case when "GCLID__c" is not null then 'google_ads' when "FBCLID__c" is not null then 'meta_ads' end as click_platform,

        -- strings
        coalesce("Name", nullif(concat_ws(' ', "FirstName", "LastName"), '')) as lead_name,
        "Company" as company,
        "Email" as email,
        "Phone" as phone,
        "Country" as country,
        "Status" as status,
        "LeadSource" as source,
        "UTM_Source__c" as utm_source,
        "UTM_Medium__c" as utm_medium,

        -- times
        "CreatedDate" as created_at,
        {{ local_midnight('"ConvertedDate"') }} as converted_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
