{#- The business clock: minutes count while the company is open, by reference__business_hours and reference__holiday. -#}

{% macro business_time_zone() -%}
    {{ var('business_time_zone') or var('reporting_time_zone') }}
{%- endmacro %}

{% macro business_date(instant) -%} {{ return(adapter.dispatch('business_date')(instant)) }} {%- endmacro %}
{% macro default__business_date(instant) -%}
    {#- The day on which a UTC instant falls where the opening hours apply. -#}
    cast(timezone('{{ business_time_zone() }}', timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{% macro business_instant(day, minutes) -%} {{ return(adapter.dispatch('business_instant')(day, minutes)) }} {%- endmacro %}
{% macro default__business_instant(day, minutes) -%}
    {#- The UTC instant of a time of day; converted day by day, so that a change of the clocks moves it. -#}
    timezone('UTC', timezone('{{ business_time_zone() }}', cast({{ day }} as timestamp) + {{ minutes }} * interval 1 minute))
{%- endmacro %}

{% macro weekday_of(day) -%} {{ return(adapter.dispatch('weekday_of')(day)) }} {%- endmacro %}
{% macro default__weekday_of(day) -%}
    {#- 1 = Monday to 7 = Sunday. -#}
    isodow({{ day }})
{%- endmacro %}

{% macro milliseconds_of(instant) -%} {{ return(adapter.dispatch('milliseconds_of')(instant)) }} {%- endmacro %}
{% macro default__milliseconds_of(instant) -%}
    epoch_ms({{ instant }})
{%- endmacro %}

{% macro minutes_of(milliseconds) -%}
    {#- Minutes as a decimal: sums of doubles differ from run to run. -#}
    cast(cast({{ milliseconds }} as decimal(24, 4)) / 60000 as decimal(18, 4))
{%- endmacro %}

{% macro minutes_between(earlier, later) -%}
    {#- Calendar minutes from `earlier` to `later`; null where `later` lies before it. -#}
    case
        when {{ later }} >= {{ earlier }}
            then {{ minutes_of(milliseconds_of(later) ~ ' - ' ~ milliseconds_of(earlier)) }}
    end
{%- endmacro %}

{% macro business_minutes_between(earlier, later) -%}
    {#- Business minutes between two instants whose business clock with_business_clock() has read. -#}
    case
        when {{ later }} >= {{ earlier }}
            then {{ minutes_of('(' ~ later ~ '_business_ms - ' ~ earlier ~ '_business_ms)') }}
    end
{%- endmacro %}

{% macro percentile_of_minutes(minutes, fraction) -%}
    {#- A percentile of durations, as precise as they are: interpolation leaves a hair behind (1695.999999999999). -#}
    round({{ percentile('cast(' ~ minutes ~ ' as double)', fraction) }}, 4)
{%- endmacro %}

{% macro with_business_clock(cte, instant) -%} {{ return(adapter.dispatch('with_business_clock')(cte, instant)) }} {%- endmacro %}
{% macro default__with_business_clock(cte, instant) %}
    {#-
        Each row of `cte` with <instant>_business_ms: how long the company had been open by then, since the calendar begins.
        Business time between two instants is a difference of two such readings. Each reads one span, the last that had
        begun: 0 before the first span, all of it after the last. Null where the company has no opening hours.
    -#}
    select
        {{ cte }}.*,
        case
            when {{ cte }}.{{ instant }} is not null and calendar.spans_count > 0
                then coalesce(
                    span.business_ms_before
                    + {{ milliseconds_of('least(' ~ cte ~ '.' ~ instant ~ ', span.closes_at)') }}
                    - {{ milliseconds_of('span.opens_at') }},
                    0
                )
        end as {{ instant }}_business_ms
    from {{ cte }}
    cross join (select count(*) as spans_count from {{ ref('int_business_span') }}) as calendar
    asof left join {{ ref('int_business_span') }} as span
        on {{ cte }}.{{ instant }} >= span.opens_at
{% endmacro %}
