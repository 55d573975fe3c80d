-- One row per KPI: its names, what it means, which way is better, and the table and column that hold it.
with

entries as (
    select * from {{ ref('stg_reference__kpi') }}
    where _row_status = 'staged'
),

windows as (
    select * from {{ ref('stg_reference__maturity_window') }}
    where _row_status = 'staged'
),

owners as (
    -- who owns a table is declared with its group, in models/groups.yml
    {%- if execute %}
    {%- for node in graph.get('nodes', {}).values() if node.resource_type == 'model' and node.access == 'public' and node.group %}
    {%- set owner = graph.groups.values() | selectattr('name', 'equalto', node.group) | map(attribute='owner') | first %}
    select
        '{{ node.schema }}.{{ node.alias }}' as table_name,
        '{{ owner.name }}' as owner
    union all
    {%- endfor %}
    {%- endif %}
    select
        null as table_name,
        null as owner
),

measured as (
    {%- for kpi_id in kpi_measures() | map(attribute='kpi_id') | unique %}
    select '{{ kpi_id }}' as kpi_id
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    entries.kpi_id,
    coalesce(entries.part_of, entries.kpi_id) as part_of,
    entries.label_en,
    coalesce(entries.label_tr, entries.label_en) as label_tr,
    coalesce(entries.label_zh, entries.label_en) as label_zh,
    entries.definition,
    entries.unit,
    entries.direction,
    entries.effect_class,
    entries.time_class,
    entries.subject_class,
    coalesce(own_window.maturity_days, part_window.maturity_days) as maturity_days,
    entries.table_name as "table",
    entries.column_name as "column",
    entries.row_filter,
    measured.kpi_id is not null as is_in_kpi_value,
    coalesce(entries.owner, owners.owner) as owner
from entries
left join windows as own_window on entries.kpi_id = own_window.kpi_id
left join windows as part_window on coalesce(entries.part_of, entries.kpi_id) = part_window.kpi_id
left join owners on entries.table_name = owners.table_name
left join measured on entries.kpi_id = measured.kpi_id
