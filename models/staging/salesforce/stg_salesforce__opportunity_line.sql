-- One row per record of the export: a product line of a Salesforce opportunity. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__opportunity_line_item') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as line_id,
        "OpportunityId" as opportunity_id,
        "Product2Id" as product_id,

        -- strings
        "CurrencyIsoCode" as currency,

        -- numerics
        "Quantity" as quantity,
        "TotalPrice" as amount,

        -- times
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
