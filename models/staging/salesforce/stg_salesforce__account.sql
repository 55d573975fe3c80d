-- One row per record of the export: a Salesforce account. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__account') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as account_id,
        "OwnerId" as owner_id,

        -- strings
        "Name" as account_name,
        lower("Type") as account_type,
        "Segment__c" as segment,
        "Industry" as industry,
        "BillingCountry" as country,

        -- times
        "CreatedDate" as created_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
