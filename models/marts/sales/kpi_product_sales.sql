-- One row per period (month of the sale) and product: units and revenue of orders or won deals, share of all products, growth. Months without a sale keep their row.
with

sold as (
    select
        source_system,
        coalesce(product_id, 'unknown') as product_id,
        coalesce(product_name, product_id, 'unknown') as product_name,
        coalesce(product_family, 'unknown') as product_family,
        sold_on,
        quantity,
        amount_base
    from {{ ref('fct_order_line') }}
    where is_sold
),

products as (
    select
        source_system,
        product_id,
        max(product_name) as product_name,
        max(product_family) as product_family
    from sold
    group by source_system, product_id
),

sales as (
    select
        source_system,
        product_id,
        period_kind,
        period_month,
        count(*) as lines_count,
        sum(quantity) as units,
        sum(amount_base) as revenue_base
    from ({{ by_period('sold', 'sold_on') }}) as sold_by_period
    group by source_system, product_id, period_kind, period_month
),

spine as (
    select
        products.*,
        'month' as period_kind,
        month.period_month
    from products
    cross join {{ ref('int_month') }} as month
    union all
    select
        products.*,
        'all' as period_kind,
        cast(null as date) as period_month
    from products
),

filled as (
    select
        spine.*,
        coalesce(sales.lines_count, 0) as lines_count,
        coalesce(sales.units, 0) as units,
        coalesce(sales.revenue_base, 0) as revenue_base
    from spine
    left join sales
        on
            spine.source_system = sales.source_system
            and spine.product_id = sales.product_id
            and spine.period_kind = sales.period_kind
            and spine.period_month is not distinct from sales.period_month
),

compared as (
    select
        *,
        sum(revenue_base) over (partition by period_kind, period_month) as all_products_revenue_base,
        case
            when period_kind = 'month'
                then lag(revenue_base) over (partition by source_system, product_id, period_kind order by period_month)
        end as previous_month_revenue_base
    from filled
)

select
    period_kind,
    period_month,
    source_system,
    product_id,
    product_name,
    product_family,
    lines_count,
    cast(units as {{ money_type() }}) as units,
    cast(revenue_base as {{ money_type() }}) as revenue_base,
    cast(all_products_revenue_base as {{ money_type() }}) as all_products_revenue_base,
    {{ divide('revenue_base', 'all_products_revenue_base') }} as share_ratio,
    cast(previous_month_revenue_base as {{ money_type() }}) as previous_month_revenue_base,
    {{ divide('revenue_base - previous_month_revenue_base', 'previous_month_revenue_base') }} as growth_ratio
from compared
