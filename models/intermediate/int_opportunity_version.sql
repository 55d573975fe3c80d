-- One row per exported version of a deal: the newest, those that newer ones superseded, those of files that were replaced in place, and
-- the last one of a deleted deal.
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
),

former as (
    select
        source_system,
        {{ typed('opportunity_id', 'text') }} as opportunity_id,
        {{ typed('owner_id', 'text') }} as owner_id,
        {{ typed('stage', 'text') }} as stage,
        case when lower({{ clean_text('outcome') }}) in ('open', 'won', 'lost') then lower({{ clean_text('outcome') }}) end as outcome,
        {{ typed('amount', 'decimal') }} as amount,
        {{ typed('expected_close_on', 'date') }} as expected_close_on,
        {{ typed('updated_at', 'timestamp') }} as updated_at,
        try_cast(modified_at as timestamp) as modified_at,
        _export_file,
        _export_record
    from {{ ref('landing__former_opportunity') }}
),

versions as (
    select
        unioned.source_system,
        unioned.opportunity_id,
        unioned.account_id,
        unioned.owner_id,
        unioned.sourcing_partner_id,
        unioned.product_family,
        unioned.source,
        unioned.stage,
        unioned.outcome,
        unioned.currency,
        unioned.amount,
        unioned.created_at,
        unioned.closed_at,
        unioned.expected_close_on,
        unioned.updated_at,
        landed_file.modified_at,
        unioned._row_status = 'deleted' as is_deleted,
        1 as precedence,
        unioned._export_file,
        unioned._export_record
    from unioned
    left join landed_file
        on unioned._export_file = landed_file.export_file
    union all
    select
        source_system,
        opportunity_id,
        null as account_id,
        owner_id,
        null as sourcing_partner_id,
        null as product_family,
        null as source,
        stage,
        outcome,
        null as currency,
        amount,
        null as created_at,
        null as closed_at,
        expected_close_on,
        updated_at,
        modified_at,
        false as is_deleted,
        0 as precedence,
        _export_file,
        _export_record
    from former
    where opportunity_id is not null
),

seen as (
    select
        versions.*,
        -- a version without a time of its own was seen when its file was written; a file copied later tells of the last thing that happened
        coalesce(versions.updated_at, least(versions.modified_at, exports.last_event_at)) as seen_at
    from versions
    cross join exports
)

select
    seen.source_system,
    seen.opportunity_id,
    seen.account_id,
    seen.owner_id,
    seen.sourcing_partner_id,
    seen.product_family,
    seen.source,
    coalesce(stage.stage, seen.stage) as stage,
    coalesce(seen.outcome, stage.outcome) as outcome,
    {{ currency_or_default('seen.currency') }} as currency,
    seen.amount,
    seen.created_at,
    seen.closed_at,
    seen.expected_close_on,
    seen.seen_at,
    seen.is_deleted,
    row_number() over (
        partition by seen.source_system, seen.opportunity_id
        order by seen.seen_at nulls first, seen.precedence, seen._export_file, seen._export_record
    ) as version_number,
    seen._export_file,
    seen._export_record
from seen
left join {{ ref('int_stage') }} as stage
    on
        seen.source_system = stage.source_system
        and lower(seen.stage) = stage.stage_key
