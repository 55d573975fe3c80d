-- One row per value that did not fit its column and became null; the record itself is used.
{% for model in staging_models() -%}
{%- set export = export_of(model) -%}
select
    '{{ export.system }}' as source_system,
    '{{ export.object }}' as object,
    _export_file as export_file,
    _export_record as export_record,
    misfit."column",
    misfit.reason
from (
    select
        _export_file,
        _export_record,
        unnest(_misfits) as misfit
    from {{ ref(model) }}
    where _row_status = 'staged' and _misfits is not null
) as misfits
{{ 'union all' if not loop.last }}
{% endfor %}
