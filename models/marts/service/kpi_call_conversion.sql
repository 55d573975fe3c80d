-- One row per period (month of the call) and scope: of 1 000 outbound calls, how many led to a deal within call_conversion_days, and how many to a won one.
with

calls as (
    select
        team,
        rep_id,
        region,
        occurred_on,
        led_to_opportunity,
        led_to_won,
        is_mature
    from {{ ref('fct_activity') }}
    where is_outbound_call
),

by_period as (
    {{ by_period('calls', 'occurred_on') }}
),

by_scope as (
    {{ scoped('by_period', service_scopes()) }}
),

counted as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as outbound_calls_count,
        count(*) filter (where led_to_opportunity) as opportunities_count,
        count(*) filter (where led_to_won) as won_count,
        count(*) filter (where is_mature) as mature_outbound_calls_count,
        count(*) filter (where is_mature and led_to_opportunity) as mature_opportunities_count,
        count(*) filter (where is_mature and led_to_won) as mature_won_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

spine as (
    {{ period_spine(['counted']) }}
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.scope_kind,
        spine.scope_id,
        coalesce(counted.outbound_calls_count, 0) as outbound_calls_count,
        coalesce(counted.opportunities_count, 0) as opportunities_count,
        coalesce(counted.won_count, 0) as won_count,
        coalesce(counted.mature_outbound_calls_count, 0) as mature_outbound_calls_count,
        coalesce(counted.mature_opportunities_count, 0) as mature_opportunities_count,
        coalesce(counted.mature_won_count, 0) as mature_won_count,
        {{ var('call_conversion_benchmark') }} as benchmark_per_1000,
        {{ var('call_conversion_alert_below') }} as alert_below_per_1000
    from spine
    left join counted
        on {{ same_period_and_scope('spine', 'counted') }}
),

measured as (
    select
        *,
        {{ per_thousand_columns('opportunities', 'opportunities_count', 'outbound_calls_count') }},
        {{ per_thousand_columns('won', 'won_count', 'outbound_calls_count') }},
        {{ per_thousand_columns('mature_opportunities', 'mature_opportunities_count', 'mature_outbound_calls_count') }},
        {{ per_thousand_columns('mature_won', 'mature_won_count', 'mature_outbound_calls_count') }},
        -- what the upper bound would be without a single deal: as long as even this is no alert, the calls are too few to judge
        1000 * {{ wilson_high('0', 'mature_outbound_calls_count') }} as high_without_deals
    from filled
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    outbound_calls_count,
    opportunities_count,
    opportunities_per_1000,
    opportunities_per_1000_low,
    opportunities_per_1000_high,
    won_count,
    won_per_1000,
    won_per_1000_low,
    won_per_1000_high,
    mature_outbound_calls_count,
    mature_opportunities_count,
    mature_opportunities_per_1000,
    mature_opportunities_per_1000_low,
    mature_opportunities_per_1000_high,
    mature_won_count,
    mature_won_per_1000,
    mature_won_per_1000_low,
    mature_won_per_1000_high,
    cast(benchmark_per_1000 as double) as benchmark_per_1000,
    cast(alert_below_per_1000 as double) as alert_below_per_1000,
    case
        when outbound_calls_count > 0 and mature_outbound_calls_count = 0 then 'too early'
        when mature_opportunities_per_1000_high < alert_below_per_1000 then 'alert'
        when mature_opportunities_per_1000_low >= alert_below_per_1000 then 'ok'
        when coalesce(high_without_deals, alert_below_per_1000) >= alert_below_per_1000 then 'too little data'
        when mature_opportunities_per_1000 < alert_below_per_1000 then 'watch'
        else 'ok'
    end as status,
    outbound_calls_count > 0 and mature_outbound_calls_count = outbound_calls_count as is_mature
from measured
