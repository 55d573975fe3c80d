-- One row per record of the export: a change of a Salesforce opportunity. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__opportunity_history') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "OpportunityId" as opportunity_id,
        "Id" as change_id,
        -- owners change in OpportunityFieldHistory
        cast(null as varchar) as owner_id,

        -- strings
        "StageName" as stage,

        -- numerics
        "Amount" as amount,

        -- times
        "CreatedDate" as changed_at,
        "CloseDate" as expected_close_on,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
