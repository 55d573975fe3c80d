-- One row per pair of states of the journeys: how often a touch of one channel was followed by one of another, by a conversion or by nothing.
with

touches as (
    select
        journey_id,
        touch_number,
        channel,
        converted,
        lead(channel) over (partition by journey_id order by touch_number) as next_channel
    from {{ ref('int_journey') }}
),

steps as (
    select
        '(start)' as from_state,
        channel as to_state
    from touches
    where touch_number = 1
    union all
    select
        channel as from_state,
        coalesce(next_channel, case when converted then '(conversion)' else '(null)' end) as to_state
    from touches
)

select
    from_state,
    to_state,
    count(*) as transitions_count
from steps
group by from_state, to_state
