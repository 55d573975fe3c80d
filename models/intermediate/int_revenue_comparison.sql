-- One row per completed month, customer and currency: what the customer paid a month at its start and at its end, both at one exchange rate.
-- Subscriptions: the monthly amounts live on the last day of the month before and of the month. A company without any: the orders of the month before and of the month.
with

completed_months as (
    select
        month.period_month,
        month.month_end_on,
        cast({{ dbt.dateadd('day', -1, 'month.period_month') }} as date) as month_start_on
    from {{ ref('int_month') }} as month
    cross join {{ ref('int_as_of') }} as as_of
    where month.month_end_on <= as_of.as_of_on
),

amounts as (
    select
        'subscription' as revenue_basis,
        months.period_month,
        subscription.customer_source_system,
        subscription.customer_id,
        subscription.currency,
        subscription.monthly_amount as amount
    from {{ ref('int_subscription') }} as subscription
    inner join completed_months as months
        on
            subscription.started_on <= months.month_end_on
            and coalesce(subscription.live_until_on >= months.month_end_on, true)
    union all
    select
        'orders' as revenue_basis,
        {{ month_of(local_date('ordered_at')) }} as period_month,
        source_system as customer_source_system,
        customer_id,
        currency,
        amount
    from {{ ref('int_order') }}
    -- one basis for a company: what recurs, or else what is bought again
    where
        not exists (select 1 from {{ ref('int_subscription') }})
        and customer_id is not null
),

sides as (
    select
        *,
        cast(0 as {{ money_type() }}) as start_amount,
        amount as end_amount
    from amounts
    union all
    -- the end of a month is the start of the next
    select
        revenue_basis,
        cast({{ dbt.dateadd('month', 1, 'period_month') }} as date) as period_month,
        customer_source_system,
        customer_id,
        currency,
        amount,
        amount as start_amount,
        cast(0 as {{ money_type() }}) as end_amount
    from amounts
),

compared as (
    select
        sides.revenue_basis,
        months.period_month,
        months.month_start_on,
        months.month_end_on,
        sides.customer_source_system,
        sides.customer_id,
        sides.currency,
        cast(sum(sides.start_amount) as {{ money_type() }}) as start_amount,
        cast(sum(sides.end_amount) as {{ money_type() }}) as end_amount
    from sides
    inner join completed_months as months
        on sides.period_month = months.period_month
    group by sides.revenue_basis, months.period_month, months.month_start_on, months.month_end_on, sides.customer_source_system, sides.customer_id, sides.currency
),

currency_months as (
    select distinct
        currency,
        period_month,
        month_start_on,
        month_end_on
    from compared
),

rates as (
    -- that of the day at which the comparison starts; where none is listed the nearest day of the two months that are compared
    select
        currency,
        period_month,
        rate
    from (
        select
            currency_months.currency,
            currency_months.period_month,
            fx.rate,
            row_number() over (
                partition by currency_months.currency, currency_months.period_month
                order by abs({{ days_between('currency_months.month_start_on', 'fx.valid_on') }}), fx.valid_on
            ) as choice
        from currency_months
        inner join {{ ref('int_fx_rate_daily') }} as fx
            on
                currency_months.currency = fx.currency
                and {{ month_of('currency_months.month_start_on') }} <= fx.valid_on
                and currency_months.month_end_on >= fx.valid_on
    ) as numbered
    where choice = 1
)

select
    compared.revenue_basis,
    compared.period_month,
    compared.customer_source_system,
    compared.customer_id,
    compared.currency,
    compared.month_start_on as rate_on,
    compared.start_amount,
    compared.end_amount,
    {{ in_reporting_currency('compared.start_amount', 'compared.currency', 'rates.rate') }} as start_base,
    {{ in_reporting_currency('compared.end_amount', 'compared.currency', 'rates.rate') }} as end_base
from compared
left join rates
    on
        compared.currency = rates.currency
        and compared.period_month = rates.period_month
