-- One row per deal and partner: the partner brought the deal (sourced, at most one a deal) or influenced it.
with

unioned as (
    {{ union_staged(['stg_salesforce__opportunity_partner', 'stg_generic__opportunity_partner'], [
        'source_system',
        'opportunity_id',
        'partner_id',
        'role',
        'commission_amount',
        'currency',
    ]) }}
),

role_map as (
    select * from {{ ref('stg_reference__partner_role_map') }}
    where _row_status = 'staged'
),

named_on_deals as (
    select
        source_system,
        opportunity_id,
        sourcing_partner_id as partner_id,
        'sourced' as role,
        cast(null as {{ money_type() }}) as commission_amount,
        cast(null as varchar) as currency,
        _export_file,
        _export_record
    from {{ ref('int_opportunity') }}
    where sourcing_partner_id is not null
),

roles as (
    select
        unioned.source_system,
        unioned.opportunity_id,
        unioned.partner_id,
        coalesce(role_map.partner_role, case when lower(unioned.role) = 'sourced' then 'sourced' end, 'influenced') as role,
        unioned.commission_amount,
        unioned.currency,
        unioned._export_file,
        unioned._export_record
    from unioned
    left join role_map
        on
            unioned.source_system = role_map.source_system
            and lower(unioned.role) = lower(role_map.role)
    union all
    select * from named_on_deals
),

one_per_partner as (
    -- a partner named twice on a deal counts once, with its strongest role
    select
        source_system,
        opportunity_id,
        partner_id,
        min(case role when 'sourced' then 1 else 2 end) as role_rank,
        sum(commission_amount) as commission_amount,
        max(currency) as currency,
        min(_export_file) as _export_file,
        min(_export_record) as _export_record
    from roles
    group by source_system, opportunity_id, partner_id
)

select
    source_system,
    opportunity_id,
    partner_id,
    -- a deal has one sourcing partner: the first named, the others influenced it
    case
        when role_rank = 1 and row_number() over (partition by source_system, opportunity_id order by role_rank, _export_file, _export_record, partner_id) = 1
            then 'sourced'
        else 'influenced'
    end as role,
    cast(commission_amount as {{ money_type() }}) as commission_amount,
    currency,
    _export_file,
    _export_record
from one_per_partner
