-- One row per day of the months of the data: the calendar on which metrics of several days, months before and running totals stand.
with

months as (
    select * from {{ ref('int_month') }}
)

select {{ explode_days('min(months.period_month)', 'max(months.month_end_on)') }} as date_on
from months
