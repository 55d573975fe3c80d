-- One row per record of an export that could not be used, with its address and the reason. The raw record stays in the build file.
{% for model in staging_models() -%}
{%- set export = export_of(model) -%}
select
    '{{ export.system }}' as source_system,
    '{{ export.object }}' as object,
    _export_file as export_file,
    _export_record as export_record,
    _rejected_column as "column",
    _rejected_reason as reason
from {{ ref(model) }}
where _row_status = 'rejected'
union all
{% endfor -%}
-- lines that could not even be read as a record
select
    source_system,
    object,
    export_file,
    null as export_record,
    null as "column",
    'line ' || export_line || ': ' || reason as reason
from {{ ref('landing__rejected_line') }}
