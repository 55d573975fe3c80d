{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'kpi_value'}}}) }}

with

measured as (
    {%- for measure in kpi_measures() %}
    select
        '{{ measure["kpi_id"] }}' as kpi_id,
        '{{ ref(measure["model"]).schema }}.{{ ref(measure["model"]).identifier }}' as table_name
    {{ 'union' if not loop.last }}
    {%- endfor %}
)

select
    measured.kpi_id,
    measured.table_name,
    dictionary."table" as dictionary_says
from measured
left join {{ ref('kpi_dictionary') }} as dictionary on measured.kpi_id = dictionary.kpi_id
where dictionary."table" is distinct from measured.table_name
