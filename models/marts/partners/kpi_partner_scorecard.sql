-- One row per partner and period. Unprefixed columns are about deals the partner brought (sourced); influenced_ columns about deals it influenced.
-- A deal has at most one sourcing partner, so sourced columns of all partners plus the row 'direct' add up to all bookings; influenced ones do not add up.
with

partners as (
    select
        source_system,
        partner_id,
        partner_name
    from {{ ref('dim_partner') }}
    union all
    -- the deals nobody brought, so that the table adds up
    select distinct
        source_system,
        'direct' as partner_id,
        'Direct' as partner_name
    from {{ ref('fct_opportunity') }}
),

periods as (
    select
        'month' as period_kind,
        month.period_month,
        least(month.month_end_on, as_of.as_of_on) as period_end_on
    from {{ ref('int_month') }} as month
    cross join {{ ref('int_as_of') }} as as_of
    union all
    select
        'all' as period_kind,
        cast(null as date) as period_month,
        as_of_on as period_end_on
    from {{ ref('int_as_of') }}
),

spine as (
    select
        partners.source_system,
        partners.partner_id,
        partners.partner_name,
        periods.period_kind,
        periods.period_month,
        periods.period_end_on
    from partners
    cross join periods
),

partner_deals as (
    select
        deals.source_system,
        deals.opportunity_id,
        coalesce(deals.sourcing_partner_id, 'direct') as partner_id,
        'sourced' as role,
        deals.is_closed,
        deals.is_won,
        deals.is_qualified,
        deals.is_lost_to_competitor,
        deals.amount_base,
        deals.created_on,
        deals.closed_on,
        deals.cycle_from_created_days,
        coalesce(roles.commission_base, 0) as commission_base
    from {{ ref('fct_opportunity') }} as deals
    left join {{ ref('fct_opportunity_partner') }} as roles
        on
            deals.source_system = roles.source_system
            and deals.opportunity_id = roles.opportunity_id
            and roles.is_sourcing
    union all
    select
        deals.source_system,
        deals.opportunity_id,
        roles.partner_id,
        'influenced' as role,
        deals.is_closed,
        deals.is_won,
        deals.is_qualified,
        deals.is_lost_to_competitor,
        deals.amount_base,
        deals.created_on,
        deals.closed_on,
        deals.cycle_from_created_days,
        roles.commission_base
    from {{ ref('fct_opportunity_partner') }} as roles
    inner join {{ ref('fct_opportunity') }} as deals
        on
            roles.source_system = deals.source_system
            and roles.opportunity_id = deals.opportunity_id
    where roles.role = 'influenced'
),

created as (
    select
        source_system,
        partner_id,
        period_kind,
        period_month,
        count(*) filter (where role = 'sourced') as opportunities_count,
        count(*) filter (where role = 'sourced' and is_qualified) as qualified_count,
        count(*) filter (where role = 'sourced' and is_qualified and is_won) as qualified_won_count,
        count(*) filter (where role = 'influenced') as influenced_opportunities_count,
        count(*) filter (where role = 'influenced' and is_qualified) as influenced_qualified_count,
        count(*) filter (where role = 'influenced' and is_qualified and is_won) as influenced_qualified_won_count
    from ({{ by_period('partner_deals', 'created_on') }}) as created_deals
    group by source_system, partner_id, period_kind, period_month
),

closed_deals as (
    select * from partner_deals
    where is_closed
),

closed as (
    select
        source_system,
        partner_id,
        role,
        period_kind,
        period_month,
        count(*) filter (where is_won) as deal_count,
        count(*) as closed_count,
        count(*) filter (where is_lost_to_competitor) as lost_to_competitor_count,
        sum(amount_base) filter (where is_won) as won_amount_base,
        sum(cycle_from_created_days) filter (where is_won) as won_cycle_days,
        count(cycle_from_created_days) filter (where is_won) as won_cycle_count,
        sum(commission_base) filter (where is_won) as commission_base
    from ({{ by_period('closed_deals', 'closed_on') }}) as closed_deal_periods
    group by source_system, partner_id, role, period_kind, period_month
),

open_days as (
    -- how each deal stood at the end of the period: with the amount it had then, not with today's
    select
        day.source_system,
        coalesce(day.sourcing_partner_id, 'direct') as partner_id,
        'sourced' as role,
        day.as_of_on,
        day.amount_base,
        day.age_days
    from {{ ref('fct_pipeline_daily') }} as day
    union all
    select
        day.source_system,
        roles.partner_id,
        'influenced' as role,
        day.as_of_on,
        day.amount_base,
        day.age_days
    from {{ ref('fct_pipeline_daily') }} as day
    inner join {{ ref('fct_opportunity_partner') }} as roles
        on
            day.source_system = roles.source_system
            and day.opportunity_id = roles.opportunity_id
    where roles.role = 'influenced'
),

pipeline as (
    select
        spine.source_system,
        spine.partner_id,
        open_days.role,
        spine.period_kind,
        spine.period_month,
        count(*) as open_count,
        sum(open_days.amount_base) as open_amount_base,
        avg(open_days.age_days) as open_age_days
    from spine
    inner join open_days
        on
            spine.source_system = open_days.source_system
            and spine.partner_id = open_days.partner_id
            and spine.period_end_on = open_days.as_of_on
    group by spine.source_system, spine.partner_id, open_days.role, spine.period_kind, spine.period_month
),

partner_leads as (
    select
        source_system,
        coalesce(partner_id, 'direct') as partner_id,
        created_on,
        is_won
    from {{ ref('fct_lead') }}
    where is_survivor
),

leads as (
    select
        source_system,
        partner_id,
        period_kind,
        period_month,
        count(*) as leads_count,
        count(*) filter (where is_won) as won_leads_count
    from ({{ by_period('partner_leads', 'created_on') }}) as lead_periods
    group by source_system, partner_id, period_kind, period_month
),

joined as (
    select
        spine.source_system,
        spine.partner_id,
        spine.partner_name,
        spine.period_kind,
        spine.period_month,
        coalesce(leads.leads_count, 0) as leads_count,
        coalesce(leads.won_leads_count, 0) as won_leads_count,
        coalesce(created.opportunities_count, 0) as opportunities_count,
        coalesce(created.qualified_count, 0) as qualified_count,
        coalesce(created.qualified_won_count, 0) as qualified_won_count,
        coalesce(created.influenced_opportunities_count, 0) as influenced_opportunities_count,
        coalesce(created.influenced_qualified_count, 0) as influenced_qualified_count,
        coalesce(created.influenced_qualified_won_count, 0) as influenced_qualified_won_count,
        coalesce(sourced.deal_count, 0) as deal_count,
        coalesce(sourced.closed_count, 0) as closed_count,
        coalesce(sourced.lost_to_competitor_count, 0) as lost_to_competitor_count,
        coalesce(sourced.won_amount_base, 0) as won_amount_base,
        sourced.won_cycle_days,
        coalesce(sourced.won_cycle_count, 0) as won_cycle_count,
        coalesce(sourced.commission_base, 0) as commission_base,
        coalesce(sourced_pipeline.open_count, 0) as open_pipeline_count,
        -- null where deals were open and nobody knows for how much
        case when sourced_pipeline.open_count > 0 then sourced_pipeline.open_amount_base else 0 end as open_pipeline_amount_base,
        sourced_pipeline.open_age_days as open_pipeline_age_days,
        coalesce(influenced.deal_count, 0) as influenced_deal_count,
        coalesce(influenced.closed_count, 0) as influenced_closed_count,
        coalesce(influenced.lost_to_competitor_count, 0) as influenced_lost_to_competitor_count,
        coalesce(influenced.won_amount_base, 0) as influenced_won_amount_base,
        influenced.won_cycle_days as influenced_won_cycle_days,
        coalesce(influenced.won_cycle_count, 0) as influenced_won_cycle_count,
        coalesce(influenced.commission_base, 0) as influenced_commission_base,
        coalesce(influenced_pipeline.open_count, 0) as influenced_open_pipeline_count,
        case when influenced_pipeline.open_count > 0 then influenced_pipeline.open_amount_base else 0 end as influenced_open_pipeline_amount_base,
        influenced_pipeline.open_age_days as influenced_open_pipeline_age_days
    from spine
    left join leads
        on {{ same_partner_and_period('spine', 'leads') }}
    left join created
        on {{ same_partner_and_period('spine', 'created') }}
    left join closed as sourced
        on {{ same_partner_and_period('spine', 'sourced') }} and sourced.role = 'sourced'
    left join closed as influenced
        on {{ same_partner_and_period('spine', 'influenced') }} and influenced.role = 'influenced'
    left join pipeline as sourced_pipeline
        on {{ same_partner_and_period('spine', 'sourced_pipeline') }} and sourced_pipeline.role = 'sourced'
    left join pipeline as influenced_pipeline
        on {{ same_partner_and_period('spine', 'influenced_pipeline') }} and influenced_pipeline.role = 'influenced'
),

measured as (
    select
        *,
        {{ divide_money('won_amount_base', 'opportunities_count') }} as yield_per_opportunity
    from joined
)

select
    source_system,
    partner_id,
    partner_name,
    period_kind,
    period_month,
    opportunities_count,
    qualified_count,
    leads_count,
    deal_count,
    closed_count,
    cast(won_amount_base as {{ money_type() }}) as won_amount_base,
    {{ divide_money('won_amount_base', 'deal_count') }} as average_deal_size,
    open_pipeline_count,
    cast(open_pipeline_amount_base as {{ money_type() }}) as open_pipeline_amount_base,
    open_pipeline_age_days,
    lost_to_competitor_count,
    won_leads_count,
    {{ rate_columns('close', 'won_leads_count', 'leads_count') }},
    {{ rate_columns('win', 'deal_count', 'closed_count') }},
    qualified_won_count,
    {{ rate_columns('deal_success', 'qualified_won_count', 'qualified_count') }},
    won_cycle_days,
    won_cycle_count,
    {{ divide('won_cycle_days', 'won_cycle_count') }} as cycle_days,
    -- what the partner's pipeline brings a day
    {{ sales_velocity('open_pipeline_count', 'deal_count', 'closed_count', 'won_amount_base', 'won_cycle_days', 'won_cycle_count') }} as velocity_per_day,
    yield_per_opportunity,
    cast(commission_base as {{ money_type() }}) as commission_base,
    case
        when partner_id <> 'direct' and yield_per_opportunity is not null
            then rank() over (
                partition by period_kind, period_month, partner_id = 'direct', yield_per_opportunity is null
                order by yield_per_opportunity desc
            )
    end as rank,
    influenced_opportunities_count,
    influenced_qualified_count,
    influenced_qualified_won_count,
    {{ rate_columns('influenced_deal_success', 'influenced_qualified_won_count', 'influenced_qualified_count') }},
    influenced_deal_count,
    influenced_closed_count,
    cast(influenced_won_amount_base as {{ money_type() }}) as influenced_won_amount_base,
    {{ divide_money('influenced_won_amount_base', 'influenced_deal_count') }} as influenced_average_deal_size,
    influenced_open_pipeline_count,
    cast(influenced_open_pipeline_amount_base as {{ money_type() }}) as influenced_open_pipeline_amount_base,
    influenced_open_pipeline_age_days,
    influenced_lost_to_competitor_count,
    {{ rate_columns('influenced_win', 'influenced_deal_count', 'influenced_closed_count') }},
    influenced_won_cycle_days,
    influenced_won_cycle_count,
    {{ divide('influenced_won_cycle_days', 'influenced_won_cycle_count') }} as influenced_cycle_days,
    {{ sales_velocity('influenced_open_pipeline_count', 'influenced_deal_count', 'influenced_closed_count', 'influenced_won_amount_base', 'influenced_won_cycle_days', 'influenced_won_cycle_count') }} as influenced_velocity_per_day,
    {{ divide_money('influenced_won_amount_base', 'influenced_opportunities_count') }} as influenced_yield_per_opportunity,
    cast(influenced_commission_base as {{ money_type() }}) as influenced_commission_base,
    -- close and deal success rates of a month are cohorts: young ones are not final
    coalesce({{ is_mature('measured.period_month', 'close_rate') }}, false) as is_mature
from measured
cross join {{ ref('int_as_of') }} as as_of
