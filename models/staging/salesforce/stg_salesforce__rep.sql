-- One row per record of the export: a Salesforce user, who owns leads and deals. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__user') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as rep_id,
        "ManagerId" as manager_id,

        -- strings
        "Name" as rep_name,
        "Department" as team,
        "Division" as region,

        -- booleans
        "IsActive" as is_active,

        -- times
        cast(null as date) as valid_from,
        cast(null as date) as valid_to,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
