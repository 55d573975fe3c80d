-- One row per record of the export: a Salesforce product. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__product2') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as product_id,

        -- strings
        "Name" as product_name,
        "Family" as product_family,

        -- times
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
