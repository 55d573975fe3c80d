-- One row per record of the export: a Salesforce case. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__case') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as request_id,
        'salesforce' as crm_source_system,
        cast(null as varchar) as lead_id,
        "ContactId" as contact_id,
        "AccountId" as account_id,
        cast(null as varchar) as opportunity_id,
        -- a queue (00G...) is nobody yet
        case when starts_with("OwnerId", '005') then "OwnerId" end as owner_id,
        cast(null as varchar) as responder_id,

        -- strings
        "Type" as kind,
        "Origin" as channel,
        cast(null as varchar) as satisfaction_reason,

        -- numerics
        "Reopened_Count__c" as reopens_count,
        cast(null as bigint) as contacts_count,
        cast(null as double) as satisfaction_score,
        cast(null as double) as satisfaction_scale_maximum,

        -- booleans
        coalesce("IsClosed", false) as is_closed,

        -- times
        "CreatedDate" as requested_at,
        "First_Response__c" as first_human_response_at,
        "ClosedDate" as resolved_at,
        cast(null as timestamp) as reopened_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
