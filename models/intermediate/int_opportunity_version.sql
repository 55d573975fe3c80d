-- One row per exported version of a deal: the newest, those that newer ones superseded, and the last one of a deleted deal.
-- The versions are the archive of a CRM without a change history: each says how a deal stood when it was last changed.
with

unioned as (
    {{ union_records(['stg_salesforce__opportunity', 'stg_generic__opportunity'], [
        'source_system',
        'opportunity_id',
        'account_id',
        'owner_id',
        'sourcing_partner_id',
        'product_family',
        'source',
        'stage',
        'outcome',
        'currency',
        'amount',
        'created_at',
        'closed_at',
        'expected_close_on',
        'updated_at',
    ], ['staged', 'superseded', 'deleted']) }}
),

landed_file as (
    select
        export_file,
        max(try_cast(modified_at as timestamp)) as modified_at
    from {{ ref('landing__export_file') }}
    group by export_file
),

exports as (
    select max(last_event_at) as last_event_at
    from {{ ref('int_export_records') }}
    where source_system <> 'reference'
)

select
    unioned.source_system,
    unioned.opportunity_id,
    unioned.account_id,
    unioned.owner_id,
    unioned.sourcing_partner_id,
    unioned.product_family,
    unioned.source,
    coalesce(stage.stage, unioned.stage) as stage,
    coalesce(unioned.outcome, stage.outcome) as outcome,
    {{ currency_or_default('unioned.currency') }} as currency,
    unioned.amount,
    unioned.created_at,
    unioned.closed_at,
    unioned.expected_close_on,
    -- a version without a time of its own was seen when its file was written; a file copied later tells of the last thing that happened
    coalesce(unioned.updated_at, least(landed_file.modified_at, exports.last_event_at)) as seen_at,
    unioned._row_status = 'deleted' as is_deleted,
    row_number() over (
        partition by unioned.source_system, unioned.opportunity_id
        order by unioned.updated_at nulls first, unioned._export_file, unioned._export_record
    ) as version_number,
    unioned._export_file,
    unioned._export_record
from unioned
cross join exports
left join landed_file
    on unioned._export_file = landed_file.export_file
left join {{ ref('int_stage') }} as stage
    on
        unioned.source_system = stage.source_system
        and lower(unioned.stage) = stage.stage_key
