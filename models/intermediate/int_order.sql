-- One row per order, of every system, returns included; where a system exports deals and no orders, its won deals are its orders and say so.
with

listed as (
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

made_of_lines as (
    -- an export of invoices has a row per line, and no row per order
    select
        lines.source_system,
        lines.order_id,
        max(lines.customer_id) as customer_id,
        cast(null as varchar) as opportunity_id,
        max(lines.status) as status,
        max(lines.currency) as currency,
        cast(sum(coalesce(lines.amount, 0)) as {{ money_type() }}) as amount,
        -- the cost of some lines is not that of the order
        case when count(*) = count(lines.cost) then cast(sum(lines.cost) as {{ money_type() }}) end as cost,
        min(lines.ordered_at) as ordered_at,
        min(lines._export_file) as _export_file,
        min_by(lines._export_record, lines._export_file || lpad(cast(lines._export_record as varchar), 12, '0')) as _export_record
    from {{ ref('int_order_line') }} as lines
    left join listed
        on
            lines.source_system = listed.source_system
            and lines.order_id = listed.order_id
    where listed.order_id is null
    group by lines.source_system, lines.order_id
    having min(lines.ordered_at) is not null
),

unioned as (
    select * from listed
    union all
    select * from made_of_lines
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
        -- what is given back lowers revenue, and what costs nothing was not bought: neither is an order
        unioned.amount > 0 as is_purchase,
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
        true as is_purchase,
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
