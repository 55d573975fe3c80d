{#-
    A raw export with its types given and each record judged, by the contract in the YAML beside the seed.

    Returns a query with the export's own column names and, for each record,
        _row_status       staged | rejected | superseded | deleted
        _rejected_column  the first required column that is missing or does not fit
        _rejected_reason  why, with the value as it was written
        _misfits          list of {column, reason}: optional values that did not fit and became null
        _last_event_at    latest of the columns declared as past events, UTC; the default of as_of comes from it
        _control_amount   the column declared as money, for the control totals of export_reconciliation
        _export_file, _export_record
    Every record of every file comes back exactly once: what is not staged is accounted for, never dropped.
-#}
{% macro typed_export(seed_name) -%}
    {%- set relation = ref(seed_name) -%}
    {%- if not execute -%}
        select 1 from {{ relation }}
    {%- else -%}
        {%- set node = graph.nodes['seed.' ~ project_name ~ '.' ~ seed_name] -%}
        {%- set export = node.config.meta.export -%}
        {%- set columns = node.columns.values() | list -%}
        {{ adapter.dispatch('judged_export')(relation, export, columns) }}
    {%- endif -%}
{%- endmacro %}

{% macro default__judged_export(relation, export, columns) %}
    {%- set required = columns | selectattr('config.meta.required', 'defined') | selectattr('config.meta.required') | list -%}
    {%- set optional = [] -%}
    {%- for column in columns if column not in required and (column.config.meta.get('type', 'text') != 'text' or column.config.meta.get('accepted')) -%}
        {%- do optional.append(column) -%}
    {%- endfor %}
    select
        *,
        case
            when _rejected_reason is not null then 'rejected'
            when row_number() over (
                partition by _rejected_reason is null{% for key in export.key %}, {{ adapter.quote(key) }}{% endfor %}
                order by
                    {% if export.version_column %}{{ adapter.quote(export.version_column) }} desc nulls last, {% endif -%}
                    _export_file desc, _export_record desc
            ) > 1 then 'superseded'
            {%- if export.deleted_column %}
            when {{ adapter.quote(export.deleted_column) }} then 'deleted'
            {%- endif %}
            else 'staged'
        end as _row_status
    from (
        select
            {%- for column in columns %}
            {{ adapter.quote(column.name) }},
            {%- endfor %}
            {%- if required %}
            case
                {%- for column in required %}
                when {{ adapter.quote(column.name) }} is null then '{{ column.name }}'
                {%- endfor %}
            end as _rejected_column,
            case
                {%- for column in required %}
                when {{ adapter.quote(column.name) }} is null then {{ misfit_reason(column) }}
                {%- endfor %}
            end as _rejected_reason,
            {%- else %}
            cast(null as varchar) as _rejected_column,
            cast(null as varchar) as _rejected_reason,
            {%- endif %}
            {%- if optional %}
            {#- the list is only built for records with a misfit: clean exports pay for one comparison a column #}
            case
                when
                    {%- for column in optional %}
                    {{ 'or ' if not loop.first }}{{ is_misfit(column) }}
                    {%- endfor %}
                    then list_filter([
                        {%- for column in optional %}
                        case when {{ is_misfit(column) }} then {'column': '{{ column.name }}', 'reason': {{ misfit_reason(column) }} } end{{ ',' if not loop.last }}
                        {%- endfor %}
                    ], lambda misfit: misfit is not null)
            end as _misfits,
            {%- else %}
            cast(null as struct("column" varchar, reason varchar)[]) as _misfits,
            {%- endif %}
            {%- set events = columns | selectattr('config.meta.past_event', 'defined') | list %}
            {%- if events %}
            greatest(
                {%- for column in events -%}
                {%- set value = adapter.quote(column.name) -%}
                {%- set instant = local_midnight(value) if column.config.meta.type == 'date' else value -%}
                {#- some columns are past events only under a condition: the closing date of an open deal is a plan -#}
                {{ instant if column.config.meta.past_event is sameas true else 'case when ' ~ column.config.meta.past_event ~ ' then ' ~ instant ~ ' end' }}{{ ', ' if not loop.last }}
                {%- endfor -%}
            ) as _last_event_at,
            {%- else %}
            cast(null as timestamp) as _last_event_at,
            {%- endif %}
            {%- set money = columns | selectattr('config.meta.money', 'defined') | list %}
            {{ 'cast(' ~ adapter.quote(money[0].name) ~ ' as ' ~ money_type() ~ ')' if money else 'cast(null as ' ~ money_type() ~ ')' }} as _control_amount,
            _export_file,
            _export_record
        from (
            select
                {%- for column in columns %}
                {{ accepted_value(typed(adapter.quote(column.name), column.config.meta.get('type', 'text')), column.config.meta.get('accepted')) }} as {{ adapter.quote(column.name) }},
                {%- endfor %}
                {%- for column in required + optional %}
                {{ clean_text(adapter.quote(column.name)) }} as {{ as_written(column) }},
                {%- endfor %}
                _export_file,
                _export_record
            from {{ relation }}
        ) as typed
    ) as judged
{% endmacro %}

{% macro as_written(column) -%} {{ adapter.quote('written: ' ~ column.name) }} {%- endmacro %}

{% macro is_misfit(column) -%} ({{ adapter.quote(column.name) }} is null and {{ as_written(column) }} is not null) {%- endmacro %}

{% macro accepted_value(expression, accepted) -%}
    {%- if accepted -%}
        case when lower({{ expression }}) in ({% for value in accepted %}'{{ value }}'{{ ', ' if not loop.last }}{% endfor %}) then lower({{ expression }}) end
    {%- else -%}
        {{ expression }}
    {%- endif -%}
{%- endmacro %}

{% macro misfit_reason(column) -%}
    {#- Names the value as it was written, since the reader has to find and mend it in the export. -#}
    {%- set expected -%}
        {%- if column.config.meta.get('accepted') -%} is none of {{ column.config.meta.accepted | join(', ') }} {%- else -%} is no {{ column.config.meta.get('type', 'text') }} {%- endif -%}
    {%- endset -%}
    case when {{ as_written(column) }} is null then 'required value is missing' else '"' || left({{ as_written(column) }}, 80) || '" {{ expected }}' end
{%- endmacro %}

{% macro row_verdict() -%}
    {#- The columns of typed_export that every staging model passes on. -#}
    _row_status,
        _rejected_column,
        _rejected_reason,
        _misfits,
        _last_event_at,
        _control_amount,
        _export_file,
        _export_record
{%- endmacro %}
