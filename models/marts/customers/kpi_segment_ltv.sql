-- One row per scope (all, segment, country): what its customers have brought so far, less their costs (realised), and what may be expected of them beyond (predicted); sums and means.
with

customers as (
    select
        *,
        customer_since_on is not null as is_customer
    from {{ ref('kpi_customer_ltv') }}
),

by_scope as (
    {{ scoped('customers', customer_scopes()) }}
),

summed as (
    select
        scope_kind,
        scope_id,
        count(*) filter (where is_customer) as customers_count,
        sum(revenue_base) filter (where is_customer) as revenue_base,
        sum(costs_base) filter (where is_customer) as costs_base,
        sum(ltv_realised_base) filter (where is_customer) as ltv_realised_base,
        count(ltv_predicted_base) as predicted_customers_count,
        sum(ltv_predicted_base) as ltv_predicted_base,
        -- decimals: a sum of doubles would differ from run to run
        sum(cast(p_alive as decimal(18, 9))) as expected_alive,
        count(*) filter (where not is_customer) as prospects_count,
        sum(costs_base) filter (where not is_customer) as prospects_costs_base
    from by_scope
    group by scope_kind, scope_id
),

scopes as (
    select
        scope_kind,
        scope_id
    from summed
    union
    select
        'all' as scope_kind,
        'all' as scope_id
)

select
    scopes.scope_kind,
    scopes.scope_id,
    coalesce(summed.customers_count, 0) as customers_count,
    cast(coalesce(summed.revenue_base, 0) as {{ money_type() }}) as revenue_base,
    cast(coalesce(summed.costs_base, 0) as {{ money_type() }}) as costs_base,
    cast(coalesce(summed.ltv_realised_base, 0) as {{ money_type() }}) as ltv_realised_base,
    {{ divide_money('summed.ltv_realised_base', 'summed.customers_count') }} as ltv_realised_per_customer_base,
    coalesce(summed.predicted_customers_count, 0) as predicted_customers_count,
    cast(summed.ltv_predicted_base as {{ money_type() }}) as ltv_predicted_base,
    {{ divide_money('summed.ltv_predicted_base', 'summed.predicted_customers_count') }} as ltv_predicted_per_customer_base,
    cast(summed.expected_alive as double) as expected_alive,
    {{ divide('summed.expected_alive', 'summed.predicted_customers_count') }} as alive_ratio,
    coalesce(summed.prospects_count, 0) as prospects_count,
    cast(coalesce(summed.prospects_costs_base, 0) as {{ money_type() }}) as prospects_costs_base
from scopes
left join summed
    on
        scopes.scope_kind = summed.scope_kind
        and scopes.scope_id = summed.scope_id
