{#-
    The project's own data tests. Each returns the rows that break the rule, with the address of the export record where
    the table carries it, since the refresh shows the first of them to the person who has to mend the export.
-#}

{% test grain(model, columns) %}
    {#- One row per combination of `columns`; nulls are equal. -#}
    select
        {% for column in columns %}{{ adapter.quote(column) }}, {% endfor %}
        count(*) as rows_count
        {{- address_of(model, aggregate=true) }}
    from {{ model }}
    group by {% for column in columns %}{{ adapter.quote(column) }}{{ ', ' if not loop.last }}{% endfor %}
    having count(*) > 1
{% endtest %}


{% test no_row_where(model, condition, show) %}
    {#- No row meets `condition`; `show` lists the columns that tell a person which row it is. -#}
    select
        {{ show | join(', ') }}
        {{- address_of(model) }}
    from {{ model }}
    where {{ condition }}
{% endtest %}


{% test converted_money(model, amount, amount_base, currency, rate_on) %}
    {#- Every amount has an exchange rate on its day, at most fx_max_age_days old. -#}
    select
        {{ currency }} as currency,
        {{ rate_on }} as rate_on,
        count(*) as rows_count
        {{- address_of(model, aggregate=true) }}
    from {{ model }}
    where {{ amount }} is not null and {{ amount_base }} is null
    group by {{ currency }}, {{ rate_on }}
    order by {{ rate_on }}, {{ currency }}
{% endtest %}


{% test sums_to(model, measure, total, by, tolerance) %}
    {#- Within each group of `by`, `measure` sums to `total`. -#}
    select
        {{ by | join(', ') }},
        sum({{ measure }}) as total
    from {{ model }}
    group by {{ by | join(', ') }}
    having abs(sum({{ measure }}) - {{ total }}) > {{ tolerance }}
{% endtest %}


{% macro address_of(model, aggregate=false) -%}
    {%- if execute -%}
        {%- set names = adapter.get_columns_in_relation(model) | map(attribute='name') | list -%}
        {%- if '_export_record' in names -%}
            {%- if aggregate %}, min_by(_export_file, _export_record) as _export_file, min(_export_record) as _export_record
            {%- else %}, _export_file, _export_record
            {%- endif -%}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
