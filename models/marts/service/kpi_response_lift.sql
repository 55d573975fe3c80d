-- One row per response band: how many of the mature requests of leads and deals were qualified and won. It describes, it does not prove: who was answered fast may have been the better lead.
with

bands as (
    select
        1 as band_order,
        'within 1 h' as response_band
    union all
    select
        2 as band_order,
        '1-24 h' as response_band
    union all
    select
        3 as band_order,
        'over 24 h' as response_band
    union all
    select
        4 as band_order,
        'never' as response_band
),

counted as (
    select
        response_band,
        count(*) as n,
        count(*) filter (where is_qualified) as qualified_count,
        count(*) filter (where is_won) as won_count
    from {{ ref('fct_request') }}
    where is_of_prospect and is_mature
    group by response_band
),

rated as (
    select
        bands.band_order,
        bands.response_band,
        coalesce(counted.n, 0) as n,
        coalesce(counted.qualified_count, 0) as qualified_count,
        coalesce(counted.won_count, 0) as won_count
    from bands
    left join counted
        on bands.response_band = counted.response_band
),

compared as (
    select
        *,
        {{ divide('qualified_count', 'n') }} as qualified_share,
        {{ divide('won_count', 'n') }} as won_share,
        lead({{ divide('qualified_count', 'n') }}) over (order by band_order) as next_band_qualified_rate,
        lead({{ divide('won_count', 'n') }}) over (order by band_order) as next_band_won_rate
    from rated
)

select
    band_order,
    response_band,
    n,
    qualified_count,
    {{ rate_columns('qualified', 'qualified_count', 'n') }},
    next_band_qualified_rate,
    {{ divide('qualified_share', 'next_band_qualified_rate') }} as qualified_to_next_band_ratio,
    won_count,
    {{ rate_columns('won', 'won_count', 'n') }},
    next_band_won_rate,
    {{ divide('won_share', 'next_band_won_rate') }} as won_to_next_band_ratio
from compared
