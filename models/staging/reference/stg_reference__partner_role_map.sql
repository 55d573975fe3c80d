-- One row per record of the export: a partner role of a CRM. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__partner_role_map') }}
),

renamed as (
    select
        "source_system",
        "role",
        "partner_role",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
