-- One row per record of the export: a Salesforce campaign. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__campaign') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as campaign_id,

        -- strings
        "Name" as campaign_name,
        'salesforce' as platform,
        "Type" as campaign_type,
        cast(null as varchar) as channel,
        "CurrencyIsoCode" as currency,

        -- numerics
        "ActualCost" as cost,

        -- times
        "StartDate" as started_on,
        "EndDate" as ended_on,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
