-- One row per export file and object: how many records staging judged how, and their control totals.
-- Accounting (export_reconciliation) and the default of as_of both come from this single pass over staging.
{% for model in staging_models() -%}
{%- set export = export_of(model) -%}
select
    '{{ export.system }}' as source_system,
    '{{ export.object }}' as object,
    _export_file as export_file,
    count(*) as records_count,
    count(*) filter (where _row_status = 'staged') as staged_count,
    count(*) filter (where _row_status = 'rejected') as rejected_count,
    count(*) filter (where _row_status = 'superseded') as superseded_count,
    count(*) filter (where _row_status = 'deleted') as deleted_count,
    cast(sum(_control_amount) as {{ money_type() }}) as control_total,
    cast(sum(_control_amount) filter (where _row_status = 'staged') as {{ money_type() }}) as control_total_staged,
    max(_last_event_at) as last_event_at
from {{ ref(model) }}
group by _export_file
{{ 'union all' if not loop.last }}
{% endfor %}
