-- One row per record of the export: a change of a deal. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__opportunity_history') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "opportunity_id",
        concat_ws('|', "opportunity_id", cast("changed_at" as varchar), "stage") as change_id,
        "owner_id",

        -- strings
        "stage",

        -- numerics
        "amount",

        -- times
        "changed_at",
        "expected_close_on",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
