-- One row per export file and object: how many records staging judged how, and their control totals.
-- Accounting (export_reconciliation) and the default of as_of both come from this single pass over staging.
with

landed_file as (
    select
        export_file,
        max(try_cast(modified_at as timestamp)) as modified_at
    from {{ ref('landing__export_file') }}
    group by export_file
)

{% for model in staging_models() -%}
{%- set export = export_of(model) -%}
select
    '{{ export.system }}' as source_system,
    '{{ export.object }}' as object,
    records._export_file as export_file,
    count(*) as records_count,
    count(*) filter (where _row_status = 'staged') as staged_count,
    count(*) filter (where _row_status = 'rejected') as rejected_count,
    count(*) filter (where _row_status = 'superseded') as superseded_count,
    count(*) filter (where _row_status = 'deleted') as deleted_count,
    cast(sum(_control_amount) as {{ money_type() }}) as control_total,
    cast(sum(_control_amount) filter (where _row_status = 'staged') as {{ money_type() }}) as control_total_staged,
    -- an event later than the file itself is a typing error, not a fact of the past
    max(records._last_event_at) filter (where coalesce(records._last_event_at <= file.modified_at, true)) as last_event_at
from {{ ref(model) }} as records
left join landed_file as file
    on records._export_file = file.export_file
group by records._export_file
{{ 'union all' if not loop.last }}
{% endfor %}
