-- One row per deal and partner: the partner brought the deal (sourced, at most one a deal) or influenced it.
-- Where the CRM names no sourcing partner, the one whose registration of the deal was approved brought it.
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
        cast(null as timestamp) as registered_at,
        _export_file,
        _export_record
    from {{ ref('int_opportunity') }}
    where sourcing_partner_id is not null
),

registrations as (
    -- an approved registration makes the partner the one that brought the deal, unless it had run out before there was a deal to protect
    select
        registration.partner_source_system as source_system,
        registration.opportunity_id,
        registration.partner_id,
        'registered' as role,
        cast(null as {{ money_type() }}) as commission_amount,
        cast(null as varchar) as currency,
        coalesce(registration.approved_at, registration.registered_at) as registered_at,
        registration._export_file,
        registration._export_record
    from {{ ref('int_deal_registration') }} as registration
    inner join {{ ref('int_opportunity') }} as opportunity
        on
            registration.partner_source_system = opportunity.source_system
            and registration.opportunity_id = opportunity.opportunity_id
    where
        registration.is_approved
        and coalesce({{ local_date('opportunity.created_at') }} <= registration.expires_on, true)
),

roles as (
    select
        unioned.source_system,
        unioned.opportunity_id,
        unioned.partner_id,
        coalesce(role_map.partner_role, case when lower(unioned.role) = 'sourced' then 'sourced' end, 'influenced') as role,
        unioned.commission_amount,
        unioned.currency,
        cast(null as timestamp) as registered_at,
        unioned._export_file,
        unioned._export_record
    from unioned
    left join role_map
        on
            unioned.source_system = role_map.source_system
            and lower(unioned.role) = lower(role_map.role)
    union all
    select * from named_on_deals
    union all
    select * from registrations
),

one_per_partner as (
    -- a partner named twice on a deal counts once, with its strongest role
    select
        source_system,
        opportunity_id,
        partner_id,
        min(case role when 'sourced' then 1 when 'registered' then 2 else 3 end) as role_rank,
        sum(commission_amount) as commission_amount,
        max(currency) as currency,
        min(registered_at) as registered_at,
        min(_export_file) as _export_file,
        min(_export_record) as _export_record
    from roles
    group by source_system, opportunity_id, partner_id
)

select
    source_system,
    opportunity_id,
    partner_id,
    -- a deal has one sourcing partner: the first that the CRM names, else the first registered; the others influenced it
    case
        when
            role_rank < 3
            and row_number() over (
                partition by source_system, opportunity_id
                order by role_rank, case when role_rank = 2 then registered_at end, _export_file, _export_record, partner_id
            ) = 1
            then 'sourced'
        else 'influenced'
    end as role,
    cast(commission_amount as {{ money_type() }}) as commission_amount,
    currency,
    _export_file,
    _export_record
from one_per_partner
