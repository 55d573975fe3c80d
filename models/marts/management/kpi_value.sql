-- One row per KPI, part, period and scope: every KPI that is told by period and scope, in one shape. Leaderboards and targets read it.
-- What a KPI takes from which table stands in one line of kpi_measures().
{% for measure in kpi_measures() -%}
{{ measure_rows(measure) }}
{{ 'union all' if not loop.last }}
{% endfor -%}
