-- One row per record of the export: the current state of a deal. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('generic__opportunity') }}
),

renamed as (
    select
        -- ids
        'generic' as source_system,
        "opportunity_id",
        "account_id",
        "owner_id",
        "sourcing_partner_id",
        "lead_id",
        "campaign_id",
        "product_id",

        -- strings
        "product_family",
        "source",
        coalesce("stage", "outcome") as stage,
        "outcome",
        "loss_reason",
        "competitor",
        "currency",

        -- numerics
        "amount",

        -- times
        "created_at",
        "first_followup_at",
        "closed_at",
        "expected_close_on",
        "updated_at",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
