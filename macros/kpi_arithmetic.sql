{#- The arithmetic that every KPI shares: quotients, intervals, money. Each has one definition, here. -#}

{% macro divide(numerator, denominator) -%}
    {#- A quotient; a zero denominator gives null, never 0. -#}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{% macro divide_money(numerator, denominator) -%}
    {#- Money per something, as money. -#}
    cast({{ divide(numerator, denominator) }} as {{ money_type() }})
{%- endmacro %}

{% macro wilson_low(successes, trials) -%}
    {{ wilson_bound(successes, trials, '-') }}
{%- endmacro %}

{% macro wilson_high(successes, trials) -%}
    {{ wilson_bound(successes, trials, '+') }}
{%- endmacro %}

{% macro wilson_bound(successes, trials, sign) -%}
    {#-
        Bound of the 95 % Wilson score interval of a proportion (Wilson 1927), z = 1.96: it stays within 0-1 and is honest
        about small samples (2 of 2 -> 34.2 % to 100 %).
    -#}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set p = '(cast(' ~ successes ~ ' as double) / ' ~ n ~ ')' -%}
    {%- set z2 = '3.8416' -%}
    {#- the case comes first: greatest and least pass over a null, and no trials would become a bound of 0 or 1 -#}
    case
        when {{ trials }} > 0
            then greatest(0, least(1, ({{ p }} + {{ z2 }} / (2 * {{ n }}) {{ sign }} 1.96 * sqrt(greatest(0, {{ p }} * (1 - {{ p }})) / {{ n }} + {{ z2 }} / (4 * {{ n }} * {{ n }}))) / (1 + {{ z2 }} / {{ n }})))
    end
{%- endmacro %}

{% macro rate_columns(name, successes, trials) -%}
    {#- A proportion with its Wilson interval: <name>_rate, <name>_rate_low, <name>_rate_high. -#}
    {{ divide(successes, trials) }} as {{ name }}_rate,
        {{ wilson_low(successes, trials) }} as {{ name }}_rate_low,
        {{ wilson_high(successes, trials) }} as {{ name }}_rate_high
{%- endmacro %}

{% macro per_thousand_columns(name, successes, trials) -%}
    {#- A proportion told per 1 000, with its Wilson interval: <name>_per_1000, <name>_per_1000_low, <name>_per_1000_high. -#}
    1000 * {{ divide(successes, trials) }} as {{ name }}_per_1000,
        1000 * {{ wilson_low(successes, trials) }} as {{ name }}_per_1000_low,
        1000 * {{ wilson_high(successes, trials) }} as {{ name }}_per_1000_high
{%- endmacro %}

{% macro in_reporting_currency(amount, currency, rate) -%}
    {#- The amount in the reporting currency; null where the rate is missing (a blocking check names currency and day). -#}
    cast(
        case
            when {{ currency }} = '{{ var("reporting_currency") }}' then {{ amount }}
            else cast({{ amount }} as decimal(20, 4)) * cast({{ rate }} as decimal(18, 10))
        end as {{ money_type() }}
    )
{%- endmacro %}

{% macro percentile(expression, fraction) -%}
    {#- Linear interpolation between closest ranks; nulls do not count. -#}
    percentile_cont({{ fraction }}) within group (order by {{ expression }})
{%- endmacro %}

{% macro at_most(count, limit) -%}
    {#- The count, no larger than the limit; null stays null (least would pass over it). -#}
    case when {{ count }} > {{ limit }} then {{ limit }} else {{ count }} end
{%- endmacro %}

{% macro frequency_band(frequency) -%}
    {#- The band of a frequency, between the edges in frequency_band_edges. -#}
    {%- set edges = var('frequency_band_edges') -%}
    case
        when {{ frequency }} is null then 'unknown'
        {%- for edge in edges %}
        when {{ frequency }} < {{ edge }} then '{{ 'under' if loop.first else edges[loop.index0 - 1] ~ ' to under' }} {{ edge }}'
        {%- endfor %}
        else '{{ edges[-1] }} and more'
    end
{%- endmacro %}

{% macro currency_or_default(currency) -%}
    {#- An export without currencies is in the reporting currency; a check reports how many rows took it. -#}
    coalesce(upper({{ currency }}), '{{ var("reporting_currency") }}')
{%- endmacro %}

{% macro sales_velocity(open_count, won_count, closed_count, won_amount, won_cycle_days, won_cycle_count) -%}
    {#- Money a day: open deals x win rate of closed deals x average won deal / mean cycle of the won deals. -#}
    cast(
        {{ open_count }}
        * {{ divide(won_count, closed_count) }}
        * {{ divide(won_amount, won_count) }}
        / nullif({{ divide(won_cycle_days, won_cycle_count) }}, 0)
        as {{ money_type() }}
    )
{%- endmacro %}
