-- One row per order, of every system; where a system exports deals and no orders, its won deals are its orders and say so.
with

unioned as (
    {{ union_staged(['stg_salesforce__order', 'stg_generic__order'], [
        'source_system',
        'order_id',
        'customer_id',
        'opportunity_id',
        'status',
        'currency',
        'amount',
        'cost',
        'ordered_at',
    ]) }}
),

orders as (
    select
        unioned.source_system,
        unioned.order_id,
        unioned.customer_id,
        unioned.opportunity_id,
        unioned.ordered_at,
        {{ local_date('unioned.ordered_at') }} as rate_on,
        unioned.amount,
        unioned.cost,
        {{ currency_or_default('unioned.currency') }} as currency,
        'order' as revenue_source,
        unioned._export_file,
        unioned._export_record
    from unioned
    cross join {{ ref('int_as_of') }} as as_of
    where
        unioned.ordered_at < as_of.as_of_at
        -- a draft is not sold yet, a cancelled order not any more
        and lower(coalesce(unioned.status, '')) not in ('draft', 'cancelled', 'canceled')
),

deal_systems as (
    select distinct source_system
    from {{ ref('int_opportunity') }}
),

won_opportunities as (
    select
        state.source_system,
        state.opportunity_id as order_id,
        -- a deal without an account is a customer of its own: its revenue must not vanish
        coalesce(opportunity.account_id, 'deal ' || opportunity.opportunity_id) as customer_id,
        state.opportunity_id,
        state.last_closed_at as ordered_at,
        coalesce({{ local_date('opportunity.created_at') }}, {{ local_date('state.last_closed_at') }}, as_of.as_of_on) as rate_on,
        coalesce(state.amount, 0) as amount,
        cast(null as {{ money_type() }}) as cost,
        opportunity.currency,
        'won opportunity' as revenue_source,
        opportunity._export_file,
        opportunity._export_record
    from {{ ref('int_opportunity_state') }} as state
    inner join {{ ref('int_opportunity') }} as opportunity
        on
            state.source_system = opportunity.source_system
            and state.opportunity_id = opportunity.opportunity_id
    cross join {{ ref('int_as_of') }} as as_of
    where
        state.outcome = 'won'
        -- its system exports orders of its own, or an order system without deals (a shop, an ERP) has them all
        and not exists (
            select 1
            from unioned
            left join deal_systems
                on unioned.source_system = deal_systems.source_system
            where unioned.source_system = state.source_system or deal_systems.source_system is null
        )
)

select * from orders
union all
select * from won_opportunities
