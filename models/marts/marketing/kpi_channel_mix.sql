-- One row per period and channel group (paid, owned, earned, partner, unknown): leads, deals, attributed revenue (model: channel_mix_model), cost, close rate and return.
-- Every group has a row in every period, so that shares add up.
with

groups as (
    select 'paid' as channel_group
    union all
    select 'owned' as channel_group
    union all
    select 'earned' as channel_group
    union all
    select 'partner' as channel_group
    union all
    select 'unknown' as channel_group
),

leads as (
    select
        channel_group,
        created_on as occurred_on,
        1 as leads_count,
        {{ whole_number('is_won') }} as won_leads_count,
        0 as opportunities_count,
        cast(0 as {{ money_type() }}) as won_revenue_base,
        cast(0 as {{ money_type() }}) as cost_base
    from {{ ref('fct_lead') }}
    where is_survivor
),

opportunities as (
    select
        channel_group,
        created_on as occurred_on,
        0 as leads_count,
        0 as won_leads_count,
        1 as opportunities_count,
        cast(0 as {{ money_type() }}) as won_revenue_base,
        cast(0 as {{ money_type() }}) as cost_base
    from {{ ref('fct_opportunity') }}
),

revenue as (
    select
        channel_group,
        converted_on as occurred_on,
        0 as leads_count,
        0 as won_leads_count,
        0 as opportunities_count,
        attributed_amount_base as won_revenue_base,
        cast(0 as {{ money_type() }}) as cost_base
    from {{ ref('fct_attribution') }}
    where model = '{{ channel_mix_model() }}'
),

touched_orders as (
    select distinct
        source_system,
        order_id
    from {{ ref('fct_attribution') }}
),

untouched_revenue as (
    -- revenue that no touch explains is unknown, not left out: the groups add up to all revenue
    select
        'unknown' as channel_group,
        orders.ordered_on as occurred_on,
        0 as leads_count,
        0 as won_leads_count,
        0 as opportunities_count,
        orders.amount_base as won_revenue_base,
        cast(0 as {{ money_type() }}) as cost_base
    from {{ ref('fct_order') }} as orders
    left join touched_orders
        on
            orders.source_system = touched_orders.source_system
            and orders.order_id = touched_orders.order_id
    where touched_orders.order_id is null
),

costs as (
    select
        channel_group,
        occurred_on,
        0 as leads_count,
        0 as won_leads_count,
        0 as opportunities_count,
        cast(0 as {{ money_type() }}) as won_revenue_base,
        spend_base as cost_base
    from {{ ref('fct_campaign_cost') }}
),

events as (
    select * from leads
    union all
    select * from opportunities
    union all
    select * from revenue
    union all
    select * from untouched_revenue
    union all
    select * from costs
),

summed as (
    select
        period_kind,
        period_month,
        channel_group,
        sum(leads_count) as leads_count,
        sum(won_leads_count) as won_leads_count,
        sum(opportunities_count) as opportunities_count,
        sum(won_revenue_base) as won_revenue_base,
        sum(cost_base) as cost_base
    from ({{ by_period('events', 'occurred_on') }}) as events_by_period
    group by period_kind, period_month, channel_group
),

spine as (
    select
        headline.period_kind,
        headline.period_month,
        groups.channel_group
    from ({{ headline_rows() }}) as headline
    cross join groups
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.channel_group,
        cast(coalesce(summed.leads_count, 0) as bigint) as leads_count,
        cast(coalesce(summed.won_leads_count, 0) as bigint) as won_leads_count,
        cast(coalesce(summed.opportunities_count, 0) as bigint) as opportunities_count,
        cast(coalesce(summed.won_revenue_base, 0) as {{ money_type() }}) as won_revenue_base,
        cast(coalesce(summed.cost_base, 0) as {{ money_type() }}) as cost_base
    from spine
    left join summed
        on
            spine.period_kind = summed.period_kind
            and spine.period_month is not distinct from summed.period_month
            and spine.channel_group = summed.channel_group
)

select
    period_kind,
    period_month,
    channel_group,
    leads_count,
    opportunities_count,
    won_leads_count,
    {{ rate_columns('close', 'won_leads_count', 'leads_count') }},
    won_revenue_base,
    cost_base,
    {{ divide('won_revenue_base', 'cost_base') }} as roas,
    -- the close rate of a month is that of a cohort of leads
    coalesce({{ is_mature('filled.period_month', 'close_rate') }}, false) as is_mature
from filled
cross join {{ ref('int_as_of') }} as as_of
