-- One row per currency and day: the rate into the reporting currency that holds on that day.
-- A day without a rate takes the last one before it, at most fx_max_age_days old; beyond that there is none.
with

quoted as (
    select * from {{ ref('stg_reference__fx_rate') }}
    where _row_status = 'staged'
),

both_ways as (
    select
        upper(from_currency) as currency,
        rate_on,
        rate,
        1 as preference
    from quoted
    where upper(to_currency) = '{{ var("reporting_currency") }}'
    union all
    select
        upper(to_currency) as currency,
        rate_on,
        1 / nullif(rate, 0) as rate,
        2 as preference
    from quoted
    where upper(from_currency) = '{{ var("reporting_currency") }}'
),

rates as (
    select
        currency,
        rate_on,
        rate,
        {{ dbt.dateadd('day', -1, 'lead(rate_on) over (partition by currency order by rate_on)') }} as day_before_next
    from (
        select
            *,
            row_number() over (partition by currency, rate_on order by preference) as choice
        from both_ways
    ) as preferred
    where choice = 1
)

select
    currency,
    rate_on,
    rate,
    {{ explode_days('rate_on', 'least(coalesce(day_before_next, ' ~ dbt.dateadd('day', var('fx_max_age_days'), 'rate_on') ~ '), ' ~ dbt.dateadd('day', var('fx_max_age_days'), 'rate_on') ~ ')') }} as valid_on
from rates
