{#-
    Casts of raw text, each null where the text does not fit. Staging is the only caller: types are given once.
    The engine-specific part sits behind dispatch.
-#}

{% macro clean_text(column) -%}
    nullif(trim(cast({{ column }} as varchar)), '')
{%- endmacro %}

{% macro typed(column, type) -%}
    {#- The column as one of the contract's types: text, timestamp, microseconds, date, time, seconds, decimal, number, integer, boolean, json. -#}
    {%- set text = clean_text(column) -%}
    {%- if type == 'text' -%}
        {{ text }}
    {%- elif type == 'timestamp' -%}
        {{ utc_timestamp(text) }}
    {%- elif type == 'microseconds' -%}
        {{ epoch_timestamp(text) }}
    {%- elif type == 'date' -%}
        {{ safe_date(text) }}
    {%- elif type == 'time' -%}
        {{ minutes_after_midnight(text) }}
    {%- elif type in ('decimal', 'number', 'integer') -%}
        {{ safe_number(text, type) }}
    {%- elif type == 'seconds' -%}
        {{ length_in_seconds(text) }}
    {%- elif type == 'boolean' -%}
        case when lower({{ text }}) in ('true', 't', 'yes', 'y', '1') then true when lower({{ text }}) in ('false', 'f', 'no', 'n', '0') then false end
    {%- elif type == 'json' -%}
        {{ valid_json(text) }}
    {%- else -%}
        {{ exceptions.raise_compiler_error("Unknown type '" ~ type ~ "' for column " ~ column ~ ": use text, timestamp, microseconds, date, time, seconds, decimal, number, integer, boolean or json.") }}
    {%- endif -%}
{%- endmacro %}

{% macro money_type() -%} decimal(28, 4) {%- endmacro %}

{% macro valid_json(text) -%} {{ return(adapter.dispatch('valid_json')(text)) }} {%- endmacro %}
{% macro default__valid_json(text) -%} case when json_valid({{ text }}) then {{ text }} end {%- endmacro %}

{% macro safe_number(text, type) -%} {{ return(adapter.dispatch('safe_number')(text, type)) }} {%- endmacro %}
{% macro default__safe_number(text, type) -%}
    {#- The engine also reads 1_000, nan and 7.5 as a whole number: none of them is what the contract means. -#}
    {%- if type == 'decimal' -%}
        case when not contains({{ text }}, '_') then try_cast({{ text }} as {{ money_type() }}) end
    {%- elif type == 'number' -%}
        case when not contains({{ text }}, '_') and isfinite(try_cast({{ text }} as double)) then try_cast({{ text }} as double) end
    {%- else -%}
        case when not contains({{ text }}, '_') and try_cast({{ text }} as double) = floor(try_cast({{ text }} as double)) then try_cast({{ text }} as bigint) end
    {%- endif -%}
{%- endmacro %}

{% macro is_iso_day(text) -%} {{ return(adapter.dispatch('is_iso_day')(text)) }} {%- endmacro %}
{% macro default__is_iso_day(text) -%}
    {#- The engine reads 12/03/24 as a day of the year 12, and `epoch` and `infinity` as times: a day
        begins with the four digits of a year that can be meant. One deal of the year 0024 would make a million empty months. -#}
    regexp_matches({{ text }}, '^(19|20|21)[0-9]{2}[-/]')
{%- endmacro %}

{% macro safe_date(text) -%} {{ return(adapter.dispatch('safe_date')(text)) }} {%- endmacro %}
{% macro default__safe_date(text) -%}
    case when {{ is_iso_day(text) }} then coalesce(try_cast({{ text }} as date), cast(try_cast({{ text }} as timestamp) as date)) end
{%- endmacro %}

{% macro utc_timestamp(text) -%} {{ return(adapter.dispatch('utc_timestamp')(text)) }} {%- endmacro %}
{% macro default__utc_timestamp(text) -%}
    {#- A bare date is that day in the reporting time zone: read as UTC it would fall on the day before in the west. -#}
    case
        when not {{ is_iso_day(text) }} then null
        when length({{ text }}) <= 10 then {{ local_midnight('try_cast(' ~ text ~ ' as timestamp)') }}
        else timezone('UTC', try_cast({{ text }} as timestamptz))
    end
{%- endmacro %}

{% macro epoch_timestamp(text) -%} {{ return(adapter.dispatch('epoch_timestamp')(text)) }} {%- endmacro %}
{% macro default__epoch_timestamp(text) -%}
    {#- Microseconds since 1970 as a UTC instant. Sixteen digits are 2001 to 2286: seconds or milliseconds taken for microseconds would be January 1970. -#}
    case when regexp_matches({{ text }}, '^[1-9][0-9]{15}$') then make_timestamp(try_cast({{ text }} as bigint)) end
{%- endmacro %}

{% macro minutes_after_midnight(text) -%} {{ return(adapter.dispatch('minutes_after_midnight')(text)) }} {%- endmacro %}
{% macro default__minutes_after_midnight(text) -%}
    {#- A time of day (09:00, 9:00, 17:30:00, 24:00) as minutes; 24:00 is the end of the day. -#}
    case
        when regexp_matches({{ text }}, '^(([01]?[0-9]|2[0-3]):[0-5][0-9]|24:00)(:00)?$')
            then 60 * cast(split_part({{ text }}, ':', 1) as integer) + cast(split_part({{ text }}, ':', 2) as integer)
    end
{%- endmacro %}

{% macro length_in_seconds(text) -%} {{ return(adapter.dispatch('length_in_seconds')(text)) }} {%- endmacro %}
{% macro default__length_in_seconds(text) -%}
    {#- A length as whole seconds, or as hours, minutes and seconds (0:02:23); fractions are rounded. Two numbers (2:23) may be either hours or minutes: no length. -#}
    case
        when regexp_matches({{ text }}, '^[0-9]+:[0-5][0-9]:[0-5][0-9]([.][0-9]+)?$')
            then 3600 * try_cast(split_part({{ text }}, ':', 1) as bigint)
                + 60 * cast(split_part({{ text }}, ':', 2) as bigint)
                + cast(round(cast(split_part({{ text }}, ':', 3) as double)) as bigint)
        when regexp_matches({{ text }}, '^-?[0-9]+([.][0-9]*)?$') then try_cast(round(try_cast({{ text }} as double)) as bigint)
    end
{%- endmacro %}

{% macro local_midnight(day) -%} {{ return(adapter.dispatch('local_midnight')(day)) }} {%- endmacro %}
{% macro default__local_midnight(day) -%}
    {#- The UTC instant at which a day begins in the reporting time zone. -#}
    timezone('UTC', timezone('{{ var("reporting_time_zone") }}', cast({{ day }} as timestamp)))
{%- endmacro %}

{% macro local_date(instant) -%} {{ return(adapter.dispatch('local_date')(instant)) }} {%- endmacro %}
{% macro default__local_date(instant) -%}
    {#- The day on which a UTC instant falls in the reporting time zone: the only way days and months are cut. -#}
    cast(timezone('{{ var("reporting_time_zone") }}', timezone('UTC', {{ instant }})) as date)
{%- endmacro %}

{% macro month_of(day) -%}
    cast(date_trunc('month', {{ day }}) as date)
{%- endmacro %}

{% macro month_end_of(month) -%} {{ return(adapter.dispatch('month_end_of')(month)) }} {%- endmacro %}
{% macro default__month_end_of(month) -%} last_day({{ month }}) {%- endmacro %}

{% macro week_of(day) -%}
    {#- The Monday that begins the week of a day. -#}
    cast(date_trunc('week', {{ day }}) as date)
{%- endmacro %}

{% macro days_between(earlier, later) -%}
    {#- Days from `earlier` to `later`, in this order: the arguments of datediff are the classic swap (negative cycles). -#}
    {{ dbt.datediff(earlier, later, 'day') }}
{%- endmacro %}

{% macro meta_action_total(column, action_type) -%} {{ return(adapter.dispatch('meta_action_total')(column, action_type)) }} {%- endmacro %}
{% macro default__meta_action_total(column, action_type) -%}
    {#- Sum of one action type in Meta's JSON list of {action_type, value}; 0 where the list is empty. -#}
    coalesce(list_sum(list_transform(
        list_filter(from_json(coalesce("{{ column }}", '[]'), '[{"action_type": "VARCHAR", "value": "VARCHAR"}]'), lambda entry: entry.action_type = '{{ action_type }}'),
        lambda entry: try_cast(entry.value as double)
    )), 0)
{%- endmacro %}

{% macro explode_days(first_day, last_day) -%} {{ return(adapter.dispatch('explode_days')(first_day, last_day)) }} {%- endmacro %}
{% macro default__explode_days(first_day, last_day) -%}
    {#- One row per day of a range, both ends included. -#}
    cast(unnest(generate_series({{ first_day }}, {{ last_day }}, interval 1 day)) as date)
{%- endmacro %}

{% macro explode_months(first_month, last_month) -%} {{ return(adapter.dispatch('explode_months')(first_month, last_month)) }} {%- endmacro %}
{% macro default__explode_months(first_month, last_month) -%}
    {#- One row per month of a range, both ends included. -#}
    cast(unnest(generate_series({{ first_month }}, {{ last_month }}, interval 1 month)) as date)
{%- endmacro %}

{% macro valid_email(text) -%} {{ return(adapter.dispatch('valid_email')(text)) }} {%- endmacro %}
{% macro default__valid_email(text) -%}
    {#- The address in lower case where it can be one, else null: `n/a` must not make two leads the same person. -#}
    case when regexp_matches(trim(lower({{ text }})), '^[^@\s]+@[^@\s]+\.[^@\s]+$') then trim(lower({{ text }})) end
{%- endmacro %}

{% macro valid_phone_digits(text) -%} {{ return(adapter.dispatch('valid_phone_digits')(text)) }} {%- endmacro %}
{% macro default__valid_phone_digits(text) -%}
    {#- The digits of a phone number of at least seven and at most fifteen (ITU E.164), else null. -#}
    case
        when
            regexp_matches({{ text }}, '^[0-9+()./ \-]+$')
            and length(regexp_replace({{ text }}, '[^0-9]', '', 'g')) between 7 and 15
            then regexp_replace({{ text }}, '[^0-9]', '', 'g')
    end
{%- endmacro %}

{% macro page_path(address) -%} {{ return(adapter.dispatch('page_path')(address)) }} {%- endmacro %}
{% macro default__page_path(address) -%}
    {#- The path of an address without host, query string, fragment and closing slash: one page is one row, however it was linked. -#}
    case
        when {{ address }} is not null
            then coalesce(nullif(regexp_replace(regexp_replace({{ address }}, '^([a-zA-Z][a-zA-Z0-9+.\-]*:)?//[^/?#]*|[?#].*$', '', 'g'), '/+$', ''), ''), '/')
    end
{%- endmacro %}

{% macro origin_key(text) -%}
    {#- How origins are compared: organic_search, Organic-Search and `organic search` are one. -#}
    coalesce(lower(replace(replace(trim({{ text }}), '_', ' '), '-', ' ')), '')
{%- endmacro %}

{% macro whole_number(condition) -%}
    {#- 1 or 0 for a condition, for sums over conditions. -#}
    (case when {{ condition }} then 1 else 0 end)
{%- endmacro %}
