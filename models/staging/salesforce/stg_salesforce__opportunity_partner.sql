-- One row per record of the export: a partner's role in a Salesforce opportunity. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__partner') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "OpportunityId" as opportunity_id,
        "AccountToId" as partner_id,

        -- strings
        "Role" as role,
        cast(null as varchar) as currency,

        -- numerics
        cast(null as {{ money_type() }}) as commission_amount,

        -- times
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
