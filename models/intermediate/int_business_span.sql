-- One row per span of time in which the company is open, from before the first request or quote to after as_of, with the open time before it.
-- Business time between two instants is then a difference of two readings, whatever lies between them.
with

events as (
    select min(requested_at) as first_at from {{ ref('int_request') }}
    union all
    select min(least(quote_requested_at, sent_at)) as first_at from {{ ref('int_quote') }}
),

edges as (
    -- a day on either side: the company may be open where it is another day than in the reporting time zone
    select
        {{ dbt.dateadd('day', -1, business_date('coalesce(min(events.first_at), max(as_of.as_of_at))')) }} as first_on,
        {{ dbt.dateadd('day', 1, 'max(as_of.as_of_on)') }} as last_on
    from events
    cross join {{ ref('int_as_of') }} as as_of
),

days as (
    select {{ explode_days('first_on', 'last_on') }} as day_on
    from edges
),

hours as (
    select
        weekday,
        opens_at,
        closes_at
    from {{ ref('stg_reference__business_hours') }}
    where _row_status = 'staged'
),

holidays as (
    select
        holiday_on,
        case when opens_at is null and closes_at is null then 1440 else coalesce(opens_at, 0) end as opens_at,
        case when opens_at is null and closes_at is null then 0 else coalesce(closes_at, 1440) end as closes_at
    from {{ ref('stg_reference__holiday') }}
    where _row_status = 'staged'
),

open_spans as (
    -- a half day leaves that part of the usual hours which lies between its times
    select
        days.day_on,
        greatest(hours.opens_at, coalesce(holidays.opens_at, 0)) as opens_at,
        least(hours.closes_at, coalesce(holidays.closes_at, 1440)) as closes_at
    from days
    inner join hours
        on {{ weekday_of('days.day_on') }} = hours.weekday
    left join holidays
        on days.day_on = holidays.holiday_on
),

apart as (
    -- spans that overlap by mistake count their common time once
    select
        day_on,
        greatest(
            opens_at,
            coalesce(max(closes_at) over (partition by day_on order by opens_at, closes_at rows between unbounded preceding and 1 preceding), 0)
        ) as opens_at,
        closes_at
    from open_spans
    where opens_at < closes_at
),

instants as (
    select
        day_on,
        {{ business_instant('day_on', 'opens_at') }} as opens_at,
        {{ business_instant('day_on', 'closes_at') }} as closes_at
    from apart
    where opens_at < closes_at
)

select
    day_on,
    opens_at,
    closes_at,
    cast(coalesce(
        sum({{ milliseconds_of('closes_at') }} - {{ milliseconds_of('opens_at') }})
            over (order by opens_at rows between unbounded preceding and 1 preceding),
        0
    ) as bigint) as business_ms_before
from instants
