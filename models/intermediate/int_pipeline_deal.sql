-- One row per deal created by as_of, deleted ones included: a deal was in the pipeline until it was deleted.
with

live as (
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.account_id,
        states.owner_id,
        opportunities.sourcing_partner_id,
        opportunities.source,
        opportunities.product_family,
        opportunities.currency,
        opportunities.created_at,
        states.outcome,
        states.last_closed_at as closed_at,
        cast(null as timestamp) as deleted_at,
        opportunities._export_file,
        opportunities._export_record
    from {{ ref('int_opportunity_state') }} as states
    inner join {{ ref('int_opportunity') }} as opportunities
        on
            states.source_system = opportunities.source_system
            and states.opportunity_id = opportunities.opportunity_id
),

deleted as (
    select
        versions.source_system,
        versions.opportunity_id,
        versions.account_id,
        coalesce(former_owners.owner_id, versions.owner_id) as owner_id,
        versions.sourcing_partner_id,
        versions.source,
        versions.product_family,
        versions.currency,
        versions.created_at,
        case when versions.closed_at >= as_of.as_of_at then 'open' else coalesce(versions.outcome, 'open') end as outcome,
        case when versions.closed_at < as_of.as_of_at then versions.closed_at end as closed_at,
        case when versions.seen_at < as_of.as_of_at then versions.seen_at end as deleted_at,
        versions._export_file,
        versions._export_record
    from {{ ref('int_opportunity_version') }} as versions
    cross join {{ ref('int_as_of') }} as as_of
    left join {{ ref('int_opportunity_former_owner') }} as former_owners
        on
            versions.source_system = former_owners.source_system
            and versions.opportunity_id = former_owners.opportunity_id
    where
        versions.is_deleted
        -- nobody knows when it was deleted: it was in the pipeline for an unknown time
        and versions.seen_at is not null
        and coalesce(versions.created_at < as_of.as_of_at, true)
)

select * from live
union all
select * from deleted
