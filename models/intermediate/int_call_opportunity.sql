-- One row per deal that an outbound call led to: the last such call to the same lead, contact or account within call_conversion_days before its creation.
with

calls as (
    select activity.*
    from {{ ref('int_activity') }} as activity
    cross join {{ ref('int_as_of') }} as as_of
    where
        activity.is_outbound_call
        and activity.occurred_at < as_of.as_of_at
),

opportunities as (
    select
        opportunity.source_system,
        opportunity.opportunity_id,
        opportunity.account_id,
        opportunity.lead_id,
        state.outcome,
        {{ local_date('opportunity.created_at') }} as created_on,
        -- a deal of which only the day is known came after the calls of that day
        case
            when opportunity.created_at = {{ local_midnight(local_date('opportunity.created_at')) }}
                then {{ local_midnight(dbt.dateadd('day', 1, local_date('opportunity.created_at'))) }}
            else opportunity.created_at
        end as known_by
    from {{ ref('int_opportunity') }} as opportunity
    inner join {{ ref('int_opportunity_state') }} as state
        on
            opportunity.source_system = state.source_system
            and opportunity.opportunity_id = state.opportunity_id
    where opportunity.created_at is not null
),

leads as (
    -- a lead and its duplicates are one person; the records name the deal that each of them became
    select
        lead.source_system,
        lead.lead_id,
        lead.person_lead_id,
        lead.account_id,
        lead.opportunity_id as person_opportunity_id,
        record.opportunity_id
    from {{ ref('int_lead') }} as lead
    inner join {{ ref('int_lead_records') }} as record
        on
            lead.source_system = record.source_system
            and lead.lead_id = record.lead_id
),

-- with whom somebody spoke and for whom a deal was made are compared as texts of one form

parties_of_opportunities as (
    select
        source_system,
        opportunity_id,
        'deal ' || opportunity_id as party
    from opportunities
    union
    select
        source_system,
        opportunity_id,
        'account ' || account_id as party
    from opportunities
    where account_id is not null
    union
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        'lead ' || coalesce(leads.person_lead_id, opportunities.lead_id) as party
    from opportunities
    left join leads
        on
            opportunities.source_system = leads.source_system
            and opportunities.lead_id = leads.lead_id
    where opportunities.lead_id is not null
    union
    select
        source_system,
        opportunity_id,
        'lead ' || person_lead_id as party
    from leads
    where opportunity_id is not null
    union
    select
        source_system,
        person_opportunity_id as opportunity_id,
        'lead ' || person_lead_id as party
    from leads
    where person_opportunity_id is not null
),

parties_of_calls as (
    select
        source_system,
        activity_id,
        occurred_at,
        'account ' || account_id as party
    from calls
    where account_id is not null
    union
    select
        calls.source_system,
        calls.activity_id,
        calls.occurred_at,
        'account ' || contact.account_id as party
    from calls
    inner join {{ ref('int_contact') }} as contact
        on
            calls.source_system = contact.source_system
            and calls.contact_id = contact.contact_id
    where contact.account_id is not null
    union
    select
        calls.source_system,
        calls.activity_id,
        calls.occurred_at,
        'lead ' || coalesce(leads.person_lead_id, calls.lead_id) as party
    from calls
    left join leads
        on
            calls.source_system = leads.source_system
            and calls.lead_id = leads.lead_id
    where calls.lead_id is not null
    union
    -- what a lead was converted to: a later deal of the account is one of the lead, too
    select
        calls.source_system,
        calls.activity_id,
        calls.occurred_at,
        'account ' || leads.account_id as party
    from calls
    inner join leads
        on
            calls.source_system = leads.source_system
            and calls.lead_id = leads.lead_id
    where leads.account_id is not null
    union
    -- a call about a deal is one to those for whom it was made
    select
        calls.source_system,
        calls.activity_id,
        calls.occurred_at,
        parties_of_opportunities.party
    from calls
    inner join parties_of_opportunities
        on
            calls.source_system = parties_of_opportunities.source_system
            and calls.opportunity_id = parties_of_opportunities.opportunity_id
),

calls_before as (
    select
        opportunities.source_system,
        opportunities.opportunity_id,
        parties_of_calls.activity_id,
        opportunities.outcome,
        row_number() over (
            partition by opportunities.source_system, opportunities.opportunity_id
            order by parties_of_calls.occurred_at desc, parties_of_calls.activity_id desc
        ) as choice
    from opportunities
    inner join parties_of_opportunities
        on
            opportunities.source_system = parties_of_opportunities.source_system
            and opportunities.opportunity_id = parties_of_opportunities.opportunity_id
    inner join parties_of_calls
        on
            parties_of_opportunities.source_system = parties_of_calls.source_system
            and parties_of_opportunities.party = parties_of_calls.party
            and opportunities.known_by >= parties_of_calls.occurred_at
    where {{ days_between(local_date('parties_of_calls.occurred_at'), 'opportunities.created_on') }} between 0 and {{ var('call_conversion_days') }}
)

select
    source_system,
    opportunity_id,
    activity_id,
    outcome
from calls_before
where choice = 1
