-- One row per open deal and day, with its state at the day's end as its history tells it. Days that no history covers are there
-- without a state: is_known is false.
with

day_ends as (
    -- the last change of a day, and the day of the next: ranges first, so that days are made only of what is shown
    select
        *,
        lead(changed_on) over (partition by source_system, opportunity_id order by changed_on) as next_changed_on
    from (
        select
            *,
            row_number() over (partition by source_system, opportunity_id, changed_on order by change_number desc) as number_from_last
        from {{ ref('fct_pipeline_change') }}
    ) as changes
    where number_from_last = 1
),

ranges as (
    select
        day_ends.*,
        coalesce({{ dbt.dateadd('day', -1, 'day_ends.next_changed_on') }}, as_of.as_of_on) as last_on
    from day_ends
    cross join {{ ref('int_as_of') }} as as_of
    where day_ends.status = 'open'
),

days as (
    select
        source_system,
        opportunity_id,
        {{ explode_days('changed_on', 'last_on') }} as as_of_on,
        case when is_known then stage end as stage,
        case when is_known then amount end as amount,
        currency,
        rate_on,
        case when is_known then amount_base end as amount_base,
        case when is_known then expected_close_on end as expected_close_on,
        is_known,
        created_on,
        owner_id,
        team,
        region,
        segment,
        source,
        product_family,
        sourcing_partner_id,
        _export_file,
        _export_record
    from ranges
)

select
    source_system,
    opportunity_id,
    cast(as_of_on as date) as as_of_on,
    stage,
    amount,
    currency,
    rate_on,
    amount_base,
    expected_close_on,
    is_known,
    {{ days_between('created_on', 'as_of_on') }} as age_days,
    {{ age_band(days_between('created_on', 'as_of_on')) }} as age_band,
    coalesce(expected_close_on <= as_of_on, false) as is_overdue,
    -- the pipeline that a month starts and ends with
    coalesce({{ month_of('expected_close_on') }} = {{ month_of(dbt.dateadd('day', 1, 'as_of_on')) }}, false) as is_expected,
    coalesce({{ month_of('expected_close_on') }} = {{ month_of('as_of_on') }}, false) as is_expected_this_month,
    owner_id,
    team,
    region,
    segment,
    source,
    product_family,
    sourcing_partner_id,
    _export_file,
    _export_record
from days
