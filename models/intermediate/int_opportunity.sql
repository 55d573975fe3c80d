-- One row per deal, of every system: what the exports say, as they stand now.
with

unioned as (
    {{ union_staged(['stg_salesforce__opportunity', 'stg_generic__opportunity'], [
        'source_system',
        'opportunity_id',
        'account_id',
        'owner_id',
        'sourcing_partner_id',
        'lead_id',
        'campaign_id',
        'product_id',
        'product_family',
        'source',
        'stage',
        'outcome',
        'loss_reason',
        'competitor',
        'currency',
        'amount',
        'created_at',
        'first_followup_at',
        'closed_at',
        'expected_close_on',
        'updated_at',
    ]) }}
)

select
    unioned.source_system,
    unioned.opportunity_id,
    unioned.account_id,
    unioned.owner_id,
    unioned.sourcing_partner_id,
    unioned.lead_id,
    unioned.campaign_id,
    unioned.product_id,
    unioned.product_family,
    unioned.source,
    -- the map's spelling, so that `won` and `Won` are one stage
    coalesce(stage.stage, unioned.stage) as stage,
    stage.stage_order,
    coalesce(stage.is_qualified, false) as is_qualified_stage,
    coalesce(unioned.outcome, stage.outcome) as outcome,
    unioned.loss_reason,
    unioned.competitor,
    {{ currency_or_default('unioned.currency') }} as currency,
    unioned.amount,
    unioned.created_at,
    unioned.first_followup_at,
    unioned.closed_at,
    unioned.expected_close_on,
    unioned.updated_at,
    unioned._export_file,
    unioned._export_record
from unioned
left join {{ ref('int_stage') }} as stage
    on
        unioned.source_system = stage.source_system
        and lower(unioned.stage) = stage.stage_key
