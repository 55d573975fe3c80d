-- One row per deal and partner: who brought the deal, who influenced it, and what commission that earned.
with

roles as (
    select * from {{ ref('int_opportunity_partner') }}
),

deals as (
    select * from {{ ref('fct_opportunity') }}
)

select
    roles.source_system,
    roles.opportunity_id,
    roles.partner_id,
    roles.role,
    coalesce(deals.sourcing_partner_id = roles.partner_id, false) as is_sourcing,
    deals.created_on,
    deals.closed_on,
    deals.is_closed,
    deals.is_won,
    deals.is_lost_to_competitor,
    deals.amount_base,
    deals.cycle_from_created_days,
    -- as exported, else by the partner's terms: a share of what the partner brought and we won; unknown where there are no terms
    case
        when roles.commission_amount is not null
            then {{ in_reporting_currency('roles.commission_amount', "coalesce(upper(roles.currency), deals.currency)", 'fx.rate') }}
        when roles.role = 'sourced' and deals.is_won
            then cast(deals.amount_base * partner.commission_rate as {{ money_type() }})
        else 0
    end as commission_base,
    roles._export_file,
    roles._export_record
from roles
inner join deals
    on
        roles.source_system = deals.source_system
        and roles.opportunity_id = deals.opportunity_id
left join {{ ref('int_partner') }} as partner
    on
        roles.source_system = partner.source_system
        and roles.partner_id = partner.partner_id
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        coalesce(upper(roles.currency), deals.currency) = fx.currency
        and deals.rate_on = fx.valid_on
