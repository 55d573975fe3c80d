-- One row per deal created by as_of, with its outcome, money and clocks as they stood at as_of.
with

opportunities as (
    select * from {{ ref('int_opportunity') }}
),

states as (
    select * from {{ ref('int_opportunity_state') }}
),

leads_of_deals as (
    -- the link stands in the lead or in the deal
    select
        source_system,
        opportunity_id,
        person_lead_id,
        source,
        created_at
    from {{ ref('int_lead') }}
    where opportunity_id is not null
    union all
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        leads.person_lead_id,
        leads.source,
        leads.created_at
    from opportunities
    inner join {{ ref('int_lead') }} as leads
        on
            opportunities.source_system = leads.source_system
            and opportunities.lead_id = leads.lead_id
),

converted_leads as (
    -- the surviving lead from which the deal came; a deal made of two leads keeps the earlier
    select
        source_system,
        opportunity_id,
        person_lead_id as lead_id,
        source
    from (
        select
            *,
            row_number() over (partition by source_system, opportunity_id order by created_at, person_lead_id) as place
        from leads_of_deals
    ) as numbered
    where place = 1
),

sourcing_partners as (
    select * from {{ ref('int_opportunity_partner') }}
    where role = 'sourced'
),

line_families as (
    select
        source_system,
        opportunity_id,
        product_family
    from (
        select
            source_system,
            opportunity_id,
            product_family,
            row_number() over (
                partition by source_system, opportunity_id
                order by coalesce(sum(amount), 0) desc, product_family
            ) as place
        from {{ ref('int_opportunity_line') }}
        where product_family is not null
        group by source_system, opportunity_id, product_family
    ) as families
    where place = 1
),

exported_followups as (
    -- a column of the export obeys the same rule as activities, by days, since many exports know the day only: one from after the close would make the clock negative
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.first_followup_at
    from opportunities
    inner join states
        on
            opportunities.source_system = states.source_system
            and opportunities.opportunity_id = states.opportunity_id
    cross join {{ ref('int_as_of') }} as as_of
    where
        opportunities.first_followup_at < as_of.as_of_at
        and coalesce({{ local_date('opportunities.first_followup_at') }} >= {{ local_date('opportunities.created_at') }}, true)
        and (
            states.outcome = 'open'
            or states.last_closed_at is null
            or {{ local_date('opportunities.first_followup_at') }} <= {{ local_date('states.last_closed_at') }}
        )
),

first_followups as (
    -- the first human activity after creation and before the close: an automatic reply is no follow-up, nor is a call about a closed deal
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        min(activities.occurred_at) as first_followup_at
    from opportunities
    inner join {{ ref('int_activity') }} as activities
        on
            opportunities.source_system = activities.source_system
            and opportunities.opportunity_id = activities.opportunity_id
            and opportunities.created_at <= activities.occurred_at
    inner join states
        on
            opportunities.source_system = states.source_system
            and opportunities.opportunity_id = states.opportunity_id
            and (
                states.outcome = 'open'
                or states.last_closed_at is null
                or {{ local_date('activities.occurred_at') }} <= {{ local_date('states.last_closed_at') }}
            )
    cross join {{ ref('int_as_of') }} as as_of
    where
        not activities.is_automatic
        and activities.occurred_at < as_of.as_of_at
    group by opportunities.source_system, opportunities.opportunity_id
),

owners as (
    -- the owner's team and region on the day of creation, else today's; one row a deal whatever the periods overlap
    select
        source_system,
        opportunity_id,
        team,
        region
    from (
        select
            opportunities.source_system,
            opportunities.opportunity_id,
            rep.team,
            rep.region,
            row_number() over (
                partition by opportunities.source_system, opportunities.opportunity_id
                order by
                    {{ whole_number(local_date('opportunities.created_at') ~ " between coalesce(rep.valid_from, date '0001-01-01') and coalesce(rep.valid_to, date '9999-12-31')") }} desc,
                    {{ whole_number('rep.is_current') }} desc,
                    rep.valid_from desc nulls last
            ) as choice
        from opportunities
        inner join states
            on
                opportunities.source_system = states.source_system
                and opportunities.opportunity_id = states.opportunity_id
        inner join {{ ref('dim_rep') }} as rep
            on
                opportunities.source_system = rep.source_system
                and states.owner_id = rep.rep_id
    ) as periods
    where choice = 1
),

joined as (
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        opportunities.account_id,
        states.owner_id,
        owners.team,
        owners.region,
        account.segment,
        coalesce(sourcing_partners.partner_id, opportunities.sourcing_partner_id) as sourcing_partner_id,
        coalesce(converted_leads.lead_id, opportunities.lead_id) as lead_id,
        coalesce(campaign_key.campaign_id, opportunities.campaign_id) as campaign_id,
        coalesce(campaign_key.campaign_id, opportunities.campaign_id, lead.known_campaign_id) as credited_campaign_id,
        coalesce(opportunities.source, converted_leads.source) as source,
        -- the group of the deal's lead; a deal without one came by the partner that brought it, else as its own source says
        coalesce(
            lead.channel_group,
            case when coalesce(sourcing_partners.partner_id, opportunities.sourcing_partner_id) is not null then 'partner' end,
            channel.channel_group,
            'unknown'
        ) as channel_group,
        opportunities.product_id,
        product.product_id is not null as is_product_listed,
        coalesce(line_families.product_family, product.product_family, opportunities.product_family) as product_family,
        states.stage,
        states.stage_order,
        states.is_qualified,
        states.outcome,
        states.is_reopened,
        case when states.outcome = 'lost' then opportunities.loss_reason end as loss_reason,
        case when states.outcome = 'lost' then opportunities.competitor end as lost_to_competitor,
        opportunities.created_at,
        coalesce(exported_followups.first_followup_at, first_followups.first_followup_at) as first_followup_at,
        states.first_closed_at,
        states.last_closed_at,
        {{ local_date('opportunities.created_at') }} as created_on,
        {{ local_date('coalesce(exported_followups.first_followup_at, first_followups.first_followup_at)') }} as first_followup_on,
        {{ local_date('states.last_closed_at') }} as closed_on,
        states.expected_close_on,
        states.amount,
        opportunities.currency,
        -- one rate for life, that of the creation, so that a deal does not change its worth with the weather
        coalesce({{ local_date('opportunities.created_at') }}, {{ local_date('states.last_closed_at') }}, as_of.as_of_on) as rate_on,
        opportunities._export_file,
        opportunities._export_record
    from states
    inner join opportunities
        on
            states.source_system = opportunities.source_system
            and states.opportunity_id = opportunities.opportunity_id
    cross join {{ ref('int_as_of') }} as as_of
    left join owners
        on
            opportunities.source_system = owners.source_system
            and opportunities.opportunity_id = owners.opportunity_id
    left join {{ ref('dim_account') }} as account
        on
            opportunities.source_system = account.source_system
            and opportunities.account_id = account.account_id
    left join converted_leads
        on
            opportunities.source_system = converted_leads.source_system
            and opportunities.opportunity_id = converted_leads.opportunity_id
    left join sourcing_partners
        on
            opportunities.source_system = sourcing_partners.source_system
            and opportunities.opportunity_id = sourcing_partners.opportunity_id
    left join {{ ref('int_campaign_key') }} as campaign_key
        on
            opportunities.source_system = campaign_key.named_by
            and opportunities.campaign_id = campaign_key.named_id
    left join {{ ref('int_lead') }} as lead
        on
            opportunities.source_system = lead.source_system
            and coalesce(converted_leads.lead_id, opportunities.lead_id) = lead.lead_id
    left join {{ ref('int_channel') }} as channel
        on
            channel.utm_source = ''
            and channel.utm_medium = ''
            and {{ origin_key('opportunities.source') }} = channel.lead_source
    left join line_families
        on
            opportunities.source_system = line_families.source_system
            and opportunities.opportunity_id = line_families.opportunity_id
    left join {{ ref('int_product') }} as product
        on
            opportunities.source_system = product.source_system
            and opportunities.product_id = product.product_id
    left join exported_followups
        on
            opportunities.source_system = exported_followups.source_system
            and opportunities.opportunity_id = exported_followups.opportunity_id
    left join first_followups
        on
            opportunities.source_system = first_followups.source_system
            and opportunities.opportunity_id = first_followups.opportunity_id
)

select
    joined.source_system,
    joined.opportunity_id,
    joined.account_id,
    -- a deal without an account is a customer of its own
    coalesce(joined.account_id, 'deal ' || joined.opportunity_id) as customer_id,
    joined.owner_id,
    joined.team,
    joined.region,
    joined.segment,
    joined.sourcing_partner_id,
    joined.lead_id,
    joined.campaign_id,
    joined.credited_campaign_id,
    joined.source,
    joined.channel_group,
    joined.product_id,
    joined.is_product_listed,
    joined.product_family,
    joined.stage,
    joined.stage_order,
    joined.is_qualified,
    joined.outcome,
    joined.outcome in ('won', 'lost') as is_closed,
    joined.outcome = 'won' as is_won,
    joined.outcome = 'lost' as is_lost,
    coalesce({{ is_mature('joined.created_on', 'win_rate') }}, false) as is_win_rate_mature,
    joined.is_reopened,
    joined.loss_reason,
    joined.lost_to_competitor,
    joined.lost_to_competitor is not null as is_lost_to_competitor,
    joined.created_at,
    joined.first_followup_at,
    joined.first_closed_at,
    joined.last_closed_at,
    joined.created_on,
    joined.closed_on,
    joined.expected_close_on,
    joined.amount,
    joined.currency,
    joined.rate_on,
    {{ in_reporting_currency('joined.amount', 'joined.currency', 'fx.rate') }} as amount_base,
    coalesce(joined.amount <> 0, false) as has_amount,
    case when joined.outcome in ('won', 'lost') then {{ days_between('joined.created_on', 'joined.closed_on') }} end as cycle_from_created_days,
    case when joined.outcome in ('won', 'lost') then {{ days_between('joined.first_followup_on', 'joined.closed_on') }} end as cycle_from_followup_days,
    joined._export_file,
    joined._export_record
from joined
cross join {{ ref('int_as_of') }} as as_of
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        joined.currency = fx.currency
        and joined.rate_on = fx.valid_on
