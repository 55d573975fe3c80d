-- One row per rep and day on which something happened: what the rep did, beside the outcomes of the calls of that day.
-- A day without an event has no row: reps times days would be mostly empty, and sums over days miss nothing.
with

activities as (
    select
        *,
        coalesce(rep_id, 'unknown') as known_rep_id
    from {{ ref('fct_activity') }}
)

select
    source_system,
    known_rep_id as rep_id,
    occurred_on as activity_on,
    -- one team a rep and day
    min(team) as team,
    min(region) as region,
    count(*) filter (where not is_automatic) as activities_count,
    count(*) filter (where not is_automatic and kind = 'call') as calls_count,
    count(*) filter (where not is_automatic and kind = 'email') as emails_count,
    count(*) filter (where not is_automatic and kind = 'meeting') as meetings_count,
    count(*) filter (where not is_automatic and kind not in ('call', 'email', 'meeting')) as others_count,
    count(*) filter (where is_automatic) as automatic_count,
    count(distinct recontactable_party) as recontactable_count,
    count(*) filter (where is_connected_call) as connected_calls_count,
    count(*) filter (where is_outbound_call) as outbound_calls_count,
    -- null where no call of the day carries the flag
    case
        when count(is_value_added_call) > 0 then count(*) filter (where is_value_added_call)
    end as value_added_calls_count,
    count(*) filter (where led_to_opportunity) as opportunities_count,
    count(*) filter (where led_to_won) as won_count
from activities
group by source_system, known_rep_id, occurred_on
