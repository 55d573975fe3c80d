-- One row per period and channel group (and all): what it cost to win a customer, how many months of margin pay it back, and lifetime value against it.
-- Cost = campaigns plus costs of kind acquisition (these under the group of the customer's first touch); a new customer belongs to the month of the first order or subscription.
with

first_touches as (
    -- the channel group of the first touch of the customer's first order
    select
        source_system,
        customer_id,
        channel_group
    from (
        select
            orders.source_system,
            orders.customer_id,
            touch.channel_group,
            row_number() over (
                partition by orders.source_system, orders.customer_id
                order by orders.ordered_on, orders.order_id, touch.touch_number
            ) as touch_order
        from {{ ref('fct_order') }} as orders
        inner join {{ ref('fct_touchpoint') }} as touch
            on
                orders.source_system = touch.source_system
                and orders.order_id = touch.order_id
        inner join {{ ref('dim_customer') }} as customer
            on
                orders.source_system = customer.source_system
                and orders.customer_id = customer.customer_id
                and orders.ordered_on = customer.first_order_on
    ) as numbered
    where touch_order = 1
),

new_customers as (
    select
        coalesce(first_touches.channel_group, 'unknown') as channel_group,
        customer.customer_since_on as occurred_on,
        cast(0 as {{ money_type() }}) as cost_base,
        1 as new_customers_count
    from {{ ref('dim_customer') }} as customer
    left join first_touches
        on
            customer.source_system = first_touches.source_system
            and customer.customer_id = first_touches.customer_id
    where customer.customer_since_on is not null
),

campaign_costs as (
    select
        channel_group,
        occurred_on,
        spend_base as cost_base,
        0 as new_customers_count
    from {{ ref('fct_campaign_cost') }}
),

sales_costs as (
    select
        coalesce(first_touches.channel_group, 'unknown') as channel_group,
        cost.incurred_on as occurred_on,
        cost.amount_base as cost_base,
        0 as new_customers_count
    from {{ ref('fct_customer_cost') }} as cost
    left join first_touches
        on
            cost.customer_source_system = first_touches.source_system
            and cost.customer_id = first_touches.customer_id
    where cost.kind = 'acquisition'
),

events as (
    select * from new_customers
    union all
    select * from campaign_costs
    union all
    select * from sales_costs
),

grouped as (
    select * from events
    union all
    select
        'all' as channel_group,
        occurred_on,
        cost_base,
        new_customers_count
    from events
),

summed as (
    select
        period_kind,
        period_month,
        channel_group,
        cast(sum(cost_base) as {{ money_type() }}) as cost_base,
        cast(sum(new_customers_count) as bigint) as new_customers_count
    from ({{ by_period('grouped', 'occurred_on') }}) as grouped_by_period
    group by period_kind, period_month, channel_group
),

spine as (
    -- a group without cost and customers keeps its row in every month
    select
        headline.period_kind,
        headline.period_month,
        known.channel_group
    from ({{ headline_rows() }}) as headline
    cross join (
        select channel_group from summed
        union
        select 'all' as channel_group
    ) as known
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.channel_group,
        cast(coalesce(summed.cost_base, 0) as {{ money_type() }}) as cost_base,
        coalesce(summed.new_customers_count, 0) as new_customers_count
    from spine
    left join summed
        on
            spine.period_kind = summed.period_kind
            and spine.period_month is not distinct from summed.period_month
            and spine.channel_group = summed.channel_group
),

margins as (
    -- gross margin of the month per customer active at its start: active in the sense of churn, or lifetime value would mix two kinds of customer
    select
        revenue.period_month,
        revenue.revenue_base * revenue.gross_margin_ratio / nullif(retention.customers_at_start_count, 0) as monthly_margin_per_customer
    from {{ ref('kpi_revenue') }} as revenue
    inner join {{ ref('kpi_customer_retention') }} as retention
        on {{ same_period_and_scope('revenue', 'retention') }}
    where revenue.scope_kind = 'all' and revenue.period_kind = 'month'
),

churns as (
    select
        period_month,
        customers_at_start_count,
        lost_count
    from {{ ref('kpi_customer_retention') }}
    where scope_kind = 'all' and period_kind = 'month'
),

averages as (
    -- of all months together: sums over sums, no averages of ratios
    select
        {{ divide('sum(revenue.revenue_base)', 'sum(retention.customers_at_start_count)') }}
        * {{ divide('sum(revenue.costed_revenue_base) - sum(revenue.cost_base)', 'sum(revenue.costed_revenue_base)') }} as monthly_margin_per_customer
    from {{ ref('kpi_revenue') }} as revenue
    inner join {{ ref('kpi_customer_retention') }} as retention
        on {{ same_period_and_scope('revenue', 'retention') }}
    where
        revenue.scope_kind = 'all'
        and revenue.period_kind = 'month'
        and retention.customers_at_start_count > 0
),

average_churn as (
    select
        coalesce(sum(customers_at_start_count), 0) as customers_at_start_count,
        coalesce(sum(lost_count), 0) as lost_count
    from {{ ref('kpi_customer_retention') }}
    where scope_kind = 'all' and period_kind = 'month'
),

joined as (
    select
        filled.*,
        coalesce(margins.monthly_margin_per_customer, case when filled.period_kind = 'all' then averages.monthly_margin_per_customer end) as monthly_margin_per_customer,
        cast(case when filled.period_kind = 'all' then average_churn.customers_at_start_count else coalesce(churns.customers_at_start_count, 0) end as bigint) as customers_at_start_count,
        cast(case when filled.period_kind = 'all' then average_churn.lost_count else coalesce(churns.lost_count, 0) end as bigint) as lost_customers_count
    from filled
    cross join averages
    cross join average_churn
    left join margins
        on filled.period_month = margins.period_month
    left join churns
        on filled.period_month = churns.period_month
),

rated as (
    select
        *,
        {{ rate_columns('monthly_churn', 'lost_customers_count', 'customers_at_start_count') }}
    from joined
)

select
    period_kind,
    period_month,
    channel_group,
    cost_base,
    new_customers_count,
    -- a group without any cost has not won its customers for nothing: its costs are not known
    {{ divide_money('nullif(cost_base, 0)', 'new_customers_count') }} as cac,
    cast(monthly_margin_per_customer as {{ money_type() }}) as monthly_margin_per_customer_base,
    customers_at_start_count,
    lost_customers_count,
    monthly_churn_rate,
    monthly_churn_rate_low,
    monthly_churn_rate_high,
    {{ divide(divide('nullif(cost_base, 0)', 'new_customers_count'), 'monthly_margin_per_customer') }} as payback_months,
    cast({{ divide('monthly_margin_per_customer', 'monthly_churn_rate') }} as {{ money_type() }}) as ltv_base,
    {{ divide(divide('monthly_margin_per_customer', 'monthly_churn_rate'), divide('nullif(cost_base, 0)', 'new_customers_count')) }} as ltv_to_cac
from rated
