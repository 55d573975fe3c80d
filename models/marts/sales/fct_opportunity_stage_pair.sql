-- One row per deal and pair of neighbouring stages of its system's ladder: which of the two it was in, and how far it came.
with

pairs as (
    select
        source_system,
        stage as from_stage,
        stage_order as from_stage_order,
        next_stage as to_stage,
        next_stage_order as to_stage_order
    from {{ ref('int_stage') }}
    where stage_order is not null and next_stage_order is not null
),

visited as (
    select distinct
        source_system,
        opportunity_id,
        stage_order
    from {{ ref('fct_opportunity_stage') }}
    where stage_order is not null
),

deal_pairs as (
    select
        visited.source_system,
        visited.opportunity_id,
        pairs.from_stage,
        pairs.from_stage_order,
        pairs.to_stage,
        pairs.to_stage_order,
        bool_or(visited.stage_order = pairs.from_stage_order) as was_in_from,
        bool_or(visited.stage_order = pairs.to_stage_order) as was_in_to,
        max(visited.stage_order) as furthest_stage_order
    from visited
    inner join pairs
        on visited.source_system = pairs.source_system
    group by
        visited.source_system,
        visited.opportunity_id,
        pairs.from_stage,
        pairs.from_stage_order,
        pairs.to_stage,
        pairs.to_stage_order
)

select
    deal_pairs.source_system,
    deal_pairs.opportunity_id,
    deal_pairs.from_stage,
    deal_pairs.to_stage,
    deal_pairs.from_stage_order,
    deal_pairs.to_stage_order,
    deal.created_on,
    deal_pairs.was_in_from,
    deal_pairs.was_in_to,
    deal_pairs.furthest_stage_order >= deal_pairs.from_stage_order as has_reached_from,
    deal_pairs.furthest_stage_order >= deal_pairs.to_stage_order as has_reached_to,
    deal_pairs.furthest_stage_order = deal_pairs.from_stage_order as came_no_further,
    deal._export_file,
    deal._export_record
from deal_pairs
inner join {{ ref('fct_opportunity') }} as deal
    on
        deal_pairs.source_system = deal.source_system
        and deal_pairs.opportunity_id = deal.opportunity_id
