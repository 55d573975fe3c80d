-- One row per call, e-mail or meeting that has happened by as_of, with what KPIs count: outbound and connected calls, and whether a call led to a deal.
with

activities as (
    select
        activity.*,
        contact.account_id as contact_account_id,
        {{ local_date('activity.occurred_at') }} as occurred_on
    from {{ ref('int_activity') }} as activity
    cross join {{ ref('int_as_of') }} as as_of
    left join {{ ref('int_contact') }} as contact
        on
            activity.source_system = contact.source_system
            and activity.contact_id = contact.contact_id
    where activity.occurred_at < as_of.as_of_at
),

teams as (
    -- the rep's team and region on the day, else today's; one row an activity whatever the periods overlap
    select
        source_system,
        activity_id,
        team,
        region
    from (
        select
            activities.source_system,
            activities.activity_id,
            rep.team,
            rep.region,
            row_number() over (
                partition by activities.source_system, activities.activity_id
                order by
                    {{ whole_number("activities.occurred_on between coalesce(rep.valid_from, date '0001-01-01') and coalesce(rep.valid_to, date '9999-12-31')") }} desc,
                    {{ whole_number('rep.is_current') }} desc,
                    rep.valid_from desc nulls last
            ) as choice
        from activities
        inner join {{ ref('dim_rep') }} as rep
            on
                activities.source_system = rep.source_system
                and activities.rep_id = rep.rep_id
    ) as periods
    where choice = 1
),

flags as (
    -- where the export of a system flags no call at all, nothing is known about any of its calls
    select distinct source_system
    from activities
    where is_connected_call and is_value_added is not null
),

calls_with_deals as (
    select
        source_system,
        activity_id,
        count(*) as opportunities_count,
        count(*) filter (where outcome = 'won') as won_count
    from {{ ref('int_call_opportunity') }}
    group by source_system, activity_id
)

select
    activities.source_system,
    activities.activity_id,
    activities.kind,
    activities.direction,
    activities.rep_id,
    teams.team,
    teams.region,
    activities.lead_id,
    activities.contact_id,
    coalesce(activities.account_id, activities.contact_account_id) as account_id,
    activities.opportunity_id,
    activities.request_id,
    activities.occurred_at,
    activities.occurred_on,
    activities.duration_seconds,
    activities.outcome,
    activities.is_automatic,
    activities.is_connected,
    activities.is_value_added,
    activities.agreed_followup,
    not activities.is_automatic and coalesce(activities.agreed_followup, false) as is_recontactable,
    -- one person who agrees twice on a day is one re-contactable contact
    case
        when not activities.is_automatic and activities.agreed_followup
            then coalesce(
                'contact ' || activities.contact_id,
                'lead ' || activities.lead_id,
                'account ' || activities.account_id,
                'deal ' || activities.opportunity_id,
                'activity ' || activities.activity_id
            )
    end as recontactable_party,
    activities.is_outbound_call,
    activities.is_connected_call,
    -- connected calls only, so that the share of value-added calls stays within 0-1; null where the export has no such flag
    case when activities.is_connected_call then activities.is_value_added end as is_value_added_call,
    flags.source_system is not null and activities.is_connected_call as is_judged_call,
    coalesce(calls_with_deals.opportunities_count > 0, false) as led_to_opportunity,
    coalesce(calls_with_deals.won_count > 0, false) as led_to_won,
    coalesce({{ is_mature('activities.occurred_on', 'call_conversion') }}, false) as is_mature,
    activities._export_file,
    activities._export_record
from activities
cross join {{ ref('int_as_of') }} as as_of
left join teams
    on
        activities.source_system = teams.source_system
        and activities.activity_id = teams.activity_id
left join calls_with_deals
    on
        activities.source_system = calls_with_deals.source_system
        and activities.activity_id = calls_with_deals.activity_id
left join flags
    on activities.source_system = flags.source_system
