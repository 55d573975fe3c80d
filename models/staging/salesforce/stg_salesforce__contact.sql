-- One row per record of the export: a Salesforce contact. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__contact') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as contact_id,
        "AccountId" as account_id,

        -- times
        "CreatedDate" as created_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
