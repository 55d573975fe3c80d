-- One row per month and scope: the waterfall of the pipeline that is open and expected to close in the month, amount and count of every term.
-- Start and end are counted from the days, the terms from the changes: that they meet in every row is checked.
{%- set terms = pipeline_terms() %}
with

months as (
    select
        month.period_month,
        {{ dbt.dateadd('day', -1, 'month.period_month') }} as day_before_on,
        least(month.month_end_on, as_of.as_of_on) as last_on
    from {{ ref('int_month') }} as month
    cross join {{ ref('int_as_of') }} as as_of
),

changes as (
    select * from {{ ref('fct_pipeline_change') }}
),

moves as (
    select
        period_month,
        owner_id,
        team,
        region,
        segment,
        source,
        product_family,
        sourcing_partner_id,
        {%- for term in terms if term != 'transferred_out' %}
        {{ 'transferred' if term == 'transferred_in' else term }}_count as {{ term }}_count,
        {{ 'transferred' if term == 'transferred_in' else term }}_amount_base as {{ term }}_amount_base,
        {%- endfor %}
        0 as transferred_out_count,
        0 as transferred_out_amount_base
    from changes
    union all
    -- what one owner hands over, the former owner gives
    select
        period_month,
        owner_before_id as owner_id,
        team_before as team,
        region_before as region,
        segment,
        source,
        product_family,
        sourcing_partner_id,
        {%- for term in terms if term != 'transferred_out' %}
        0 as {{ term }}_count,
        0 as {{ term }}_amount_base,
        {%- endfor %}
        transferred_count as transferred_out_count,
        transferred_amount_base as transferred_out_amount_base
    from changes
    where transferred_count = 1
),

moves_by_scope as (
    {{ scoped('moves', deal_scopes()) }}
),

moved as (
    select
        scope_kind,
        scope_id,
        {%- for term in terms %}
        sum({{ term }}_count) as {{ term }}_count,
        sum({{ term }}_amount_base) as {{ term }}_amount_base,
        {%- endfor %}
        period_month
    from moves_by_scope
    group by scope_kind, scope_id, period_month
),

stands as (
    {%- for day_on, is_expected in [('day_before_on', 'is_expected'), ('last_on', 'is_expected_this_month')] %}
    {{ 'union all' if not loop.first }}
    select
        months.period_month,
        {{ 'true' if loop.first else 'false' }} as is_start,
        day.owner_id,
        day.team,
        day.region,
        day.segment,
        day.source,
        day.product_family,
        day.sourcing_partner_id,
        coalesce(day.amount_base, 0) as amount_base
    from {{ ref('fct_pipeline_daily') }} as day
    inner join months on day.as_of_on = months.{{ day_on }}
    where day.{{ is_expected }}
    {%- endfor %}
),

stands_by_scope as (
    {{ scoped('stands', deal_scopes()) }}
),

stood as (
    select
        scope_kind,
        scope_id,
        period_month,
        count(*) filter (where is_start) as start_count,
        sum(amount_base) filter (where is_start) as start_amount_base,
        count(*) filter (where not is_start) as end_count,
        sum(amount_base) filter (where not is_start) as end_amount_base
    from stands_by_scope
    group by scope_kind, scope_id, period_month
),

scopes as (
    select
        scope_kind,
        scope_id
    from moved
    union
    select
        scope_kind,
        scope_id
    from stood
    union
    select
        'all' as scope_kind,
        'all' as scope_id
),

waterfall as (
    select
        months.period_month,
        scopes.scope_kind,
        scopes.scope_id,
        coalesce(stood.start_count, 0) as start_count,
        {%- for term in terms %}
        cast(coalesce(moved.{{ term }}_count, 0) as bigint) as {{ term }}_count,
        {%- endfor %}
        coalesce(stood.end_count, 0) as end_count,
        cast(coalesce(stood.start_amount_base, 0) as {{ money_type() }}) as start_amount_base,
        {%- for term in terms %}
        cast(coalesce(moved.{{ term }}_amount_base, 0) as {{ money_type() }}) as {{ term }}_amount_base,
        {%- endfor %}
        cast(coalesce(stood.end_amount_base, 0) as {{ money_type() }}) as end_amount_base
    from scopes
    cross join months
    left join moved
        on
            scopes.scope_kind = moved.scope_kind
            and scopes.scope_id = moved.scope_id
            and months.period_month = moved.period_month
    left join stood
        on
            scopes.scope_kind = stood.scope_kind
            and scopes.scope_id = stood.scope_id
            and months.period_month = stood.period_month
)

select
    'month' as period_kind,
    period_month,
    scope_kind,
    scope_id,
    start_count,
    {%- for term in terms %}
    {{ term }}_count,
    {%- endfor %}
    end_count,
    start_amount_base,
    {%- for term in terms %}
    {{ term }}_amount_base,
    {%- endfor %}
    end_amount_base,
    -- a deal whose amount changes stays one deal
    start_count
    {%- for term, sign in terms.items() if term not in ('increased', 'decreased') %}
    {{ '+' if sign > 0 else '-' }} {{ term }}_count
    {%- endfor %}
    - end_count as difference_count,
    cast(
        start_amount_base
        {%- for term, sign in terms.items() %}
        {{ '+' if sign > 0 else '-' }} {{ term }}_amount_base
        {%- endfor %}
        - end_amount_base as {{ money_type() }}
    ) as difference_amount_base
from waterfall
