-- One row per window (a day, a month, all), channel, landing page and action: visitors who took the action / visitors.
-- A visitor counts once per window, so that months are no sums of days, and 'all' channels no sum of channels. Every action has a row wherever there was a visit.
with

facts as (
    select
        source_system || ' ' || visitor_id as visitor,
        occurred_on as date_on,
        {{ month_of('occurred_on') }} as period_month,
        channel,
        landing_page,
        action,
        count(*) as actions_count
    from {{ ref('fct_web_action') }}
    group by source_system, visitor_id, occurred_on, channel, landing_page, action
),

configured_actions as (
    select distinct action
    from {{ ref('stg_reference__web_action_map') }}
    where
        _row_status = 'staged'
        and action <> 'visit'
),

visited as (
    select
        period_month,
        date_on,
        coalesce(channel, 'all') as channel,
        coalesce(landing_page, 'all') as landing_page,
        count(distinct visitor) as visitors_count
    from facts
    group by rollup(period_month, date_on), cube(channel, landing_page)
),

converted as (
    select
        period_month,
        date_on,
        coalesce(channel, 'all') as channel,
        coalesce(landing_page, 'all') as landing_page,
        action,
        count(distinct visitor) as converters_count,
        sum(case when visitor is null then actions_count end) as unidentified_actions_count
    from facts
    group by action, rollup(period_month, date_on), cube(channel, landing_page)
),

windows as (
    select
        period_month,
        date_on,
        channel,
        landing_page
    from visited
    union
    select
        period_month,
        cast(null as date) as date_on,
        'all' as channel,
        'all' as landing_page
    from ({{ headline_rows() }}) as headline
),

counted as (
    select
        windows.period_month,
        windows.date_on,
        windows.channel,
        windows.landing_page,
        configured_actions.action,
        coalesce(visited.visitors_count, 0) as visitors_count,
        coalesce(converted.converters_count, 0) as converters_count,
        cast(coalesce(converted.unidentified_actions_count, 0) as bigint) as unidentified_actions_count
    from windows
    cross join configured_actions
    left join visited
        on
            windows.period_month is not distinct from visited.period_month
            and windows.date_on is not distinct from visited.date_on
            and windows.channel = visited.channel
            and windows.landing_page = visited.landing_page
    left join converted
        on
            windows.period_month is not distinct from converted.period_month
            and windows.date_on is not distinct from converted.date_on
            and windows.channel = converted.channel
            and windows.landing_page = converted.landing_page
            and configured_actions.action = converted.action
)

select
    case when date_on is not null then 'day' when period_month is not null then 'month' else 'all' end as period_kind,
    period_month,
    date_on,
    channel,
    landing_page,
    action,
    visitors_count,
    converters_count,
    {{ rate_columns('conversion', 'converters_count', 'visitors_count') }},
    unidentified_actions_count
from counted
