{#- What the pipeline KPIs share: the terms of the waterfall, and the bands of a deal's age. -#}

{% macro pipeline_terms() %}
    {#- The terms of the waterfall of a month, in the order of the catalogue: what each adds to the open pipeline. -#}
    {{ return({
        'created': 1,
        'reopened': 1,
        'first_seen': 1,
        'pulled_in': 1,
        'increased': 1,
        'transferred_in': 1,
        'decreased': -1,
        'pushed_out': -1,
        'transferred_out': -1,
        'deleted': -1,
        'lost': -1,
        'won': -1,
    }) }}
{% endmacro %}


{% macro age_band(days) -%}
    {#- The band of a deal's age, by the last day of each band in pipeline_age_days. -#}
    {%- set ends = var('pipeline_age_days') -%}
    case
        when {{ days }} is null then 'unknown'
        {%- for end in ends %}
        when {{ days }} <= {{ end }} then '{{ ends[loop.index0 - 1] + 1 if not loop.first else 0 }}-{{ end }}'
        {%- endfor %}
        else '{{ ends[-1] + 1 }}+'
    end
{%- endmacro %}
