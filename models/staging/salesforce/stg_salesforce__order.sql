-- One row per record of the export: a Salesforce order. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__order') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as order_id,
        "AccountId" as customer_id,
        "OpportunityId" as opportunity_id,

        -- strings
        "Status" as status,
        "CurrencyIsoCode" as currency,

        -- numerics
        "TotalAmount" as amount,
        "Cost__c" as cost,

        -- times
        {{ local_midnight('"EffectiveDate"') }} as ordered_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
