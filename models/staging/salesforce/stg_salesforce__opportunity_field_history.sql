-- One row per record of the export: a change of a field of a Salesforce opportunity. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__opportunity_field_history') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "OpportunityId" as opportunity_id,
        "Id" as change_id,
        -- a change of owner is written twice, with the names and with the ids; ids of users begin with 005
        case when "Field" = 'Owner' and "NewValue" like '005%' then "NewValue" end as owner_id,
        case when "Field" = 'Owner' and "NewValue" like '005%' then "OldValue" end as owner_before_id,

        -- strings
        "Field" as field,

        -- times
        "CreatedDate" as changed_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
