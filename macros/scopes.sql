{% macro scoped(cte, scopes) %}
    {#-
        Each row of `cte` once for every scope it belongs to. `scopes` maps a scope_kind to the column that holds its id.
        Rows without an id count under 'unknown', so that the rows of a scope always add up to 'all'.
    -#}
    select
        {{ cte }}.*,
        'all' as scope_kind,
        'all' as scope_id
    from {{ cte }}
    {%- for kind, column in scopes.items() %}
    union all
    select
        {{ cte }}.*,
        '{{ kind }}' as scope_kind,
        coalesce({{ column }}, {{ "'direct'" if kind == 'partner' else "'unknown'" }}) as scope_id
    from {{ cte }}
    {%- endfor %}
{% endmacro %}


{% macro deal_scopes() %}
    {#- The scopes by which every KPI about deals is cut. -#}
    {{ return({
        'team': 'team',
        'rep': 'owner_id',
        'region': 'region',
        'segment': 'segment',
        'source': 'source',
        'product_family': 'product_family',
        'partner': 'sourcing_partner_id',
    }) }}
{% endmacro %}


{% macro lead_scopes() %}
    {#- The scopes by which every KPI about leads is cut. -#}
    {{ return({
        'team': 'team',
        'rep': 'owner_id',
        'region': 'region',
        'country': 'country',
        'source': 'source',
        'channel': 'channel',
        'campaign': 'campaign_id',
        'partner': 'partner_id',
    }) }}
{% endmacro %}


{% macro request_scopes() %}
    {#- The scopes by which KPIs about requests are cut. -#}
    {{ return({
        'team': 'team',
        'rep': 'owner_id',
        'region': 'region',
        'channel': 'channel',
        'kind': 'kind',
        'segment': 'segment',
    }) }}
{% endmacro %}


{% macro service_scopes() %}
    {#- The scopes that calls, requests, surveys and quotes have in common: the rep, and the rep's team and region on the day. -#}
    {{ return({'team': 'team', 'rep': 'rep_id', 'region': 'region'}) }}
{% endmacro %}


{% macro customer_scopes() %}
    {#- The scopes by which KPIs about customers and revenue are cut. -#}
    {{ return({'segment': 'segment', 'country': 'country'}) }}
{% endmacro %}


{% macro journey_scopes() %}
    {#- The scopes by which sign-ups are cut: those of the customer's first one. -#}
    {{ return({'source': 'source', 'plan': 'plan'}) }}
{% endmacro %}


{% macro with_team(cte, system, rep, day) %}
    {#-
        Each row of `cte` with the team and region that its rep had on the day, else those of today; one row each, whatever
        the validity periods of a rep overlap.
    -#}
    select
        {{ cte }}.*,
        choice.team,
        choice.region
    from {{ cte }}
    left join (
        select
            asked.source_system,
            asked.rep_id,
            asked.asked_on,
            rep.team,
            rep.region,
            row_number() over (
                partition by asked.source_system, asked.rep_id, asked.asked_on
                order by
                    {{ whole_number("asked.asked_on between coalesce(rep.valid_from, date '0001-01-01') and coalesce(rep.valid_to, date '9999-12-31')") }} desc,
                    {{ whole_number('rep.is_current') }} desc,
                    rep.valid_from desc nulls last
            ) as place
        from (
            select distinct
                {{ system }} as source_system,
                {{ rep }} as rep_id,
                {{ day }} as asked_on
            from {{ cte }}
        ) as asked
        inner join {{ ref('dim_rep') }} as rep
            on
                asked.source_system = rep.source_system
                and asked.rep_id = rep.rep_id
    ) as choice
        on
            {{ cte }}.{{ system }} = choice.source_system
            and {{ cte }}.{{ rep }} = choice.rep_id
            and {{ cte }}.{{ day }} is not distinct from choice.asked_on
            and choice.place = 1
{% endmacro %}


{% macro by_period(cte, day) %}
    {#-
        Each row of `cte` once for its month and once for 'all'. A row without a date counts in 'all' only.
    -#}
    select
        {{ cte }}.*,
        'month' as period_kind,
        {{ month_of(day) }} as period_month
    from {{ cte }}
    where {{ day }} is not null
    union all
    select
        {{ cte }}.*,
        'all' as period_kind,
        cast(null as date) as period_month
    from {{ cte }}
{% endmacro %}


{% macro headline_rows() %}
    {#- The rows that every KPI table by period and scope has, also where nothing happened: all/all of every month and of 'all'. -#}
    select
        'all' as period_kind,
        cast(null as date) as period_month,
        'all' as scope_kind,
        'all' as scope_id
    union all
    select
        'month' as period_kind,
        period_month,
        'all' as scope_kind,
        'all' as scope_id
    from {{ ref('int_month') }}
{% endmacro %}


{% macro period_spine(ctes) %}
    {#-
        Every scope that occurs in one of `ctes`, and all/all, in every month and in 'all'. A KPI table left joins its counts to it:
        a rep or a partner for whom nothing happened in a month keeps the row.
    -#}
    select
        scopes.scope_kind,
        scopes.scope_id,
        periods.period_kind,
        periods.period_month
    from (
        {%- for cte in ctes %}
        select
            scope_kind,
            scope_id
        from {{ cte }}
        union
        {%- endfor %}
        select
            'all' as scope_kind,
            'all' as scope_id
    ) as scopes
    cross join (
        select
            'month' as period_kind,
            period_month
        from {{ ref('int_month') }}
        union all
        select
            'all' as period_kind,
            cast(null as date) as period_month
    ) as periods
{% endmacro %}


{% macro same_period_and_scope(left, right) -%}
    {{ left }}.period_kind = {{ right }}.period_kind
        and {{ left }}.period_month is not distinct from {{ right }}.period_month
        and {{ left }}.scope_kind = {{ right }}.scope_kind
        and {{ left }}.scope_id = {{ right }}.scope_id
{%- endmacro %}


{% macro is_mature(period_month, kpi_id, as_of_on='as_of.as_of_on') -%}
    {#- Whether the cohort of a month is old enough for its KPI to be final, by reference__maturity_window. -#}
    {{ dbt.dateadd('day', "(select coalesce(max(maturity_days), 0) from " ~ ref('stg_reference__maturity_window') ~ " where _row_status = 'staged' and kpi_id = '" ~ kpi_id ~ "')", month_end_of(period_month)) }} <= {{ as_of_on }}
{%- endmacro %}


{% macro roas_levels() %}
    {#- The levels at which return on ad spend is told: the id of each, and the platform within which the id is unique. -#}
    {{ return({
        'ad': {'platform': 'platform', 'id': 'ad_id'},
        'ad_group': {'platform': 'platform', 'id': 'ad_group_id'},
        'campaign': {'platform': 'platform', 'id': 'campaign_id'},
        'platform': {'platform': 'platform', 'id': 'platform'},
        'channel': {'platform': "'all'", 'id': 'channel'},
        'all': {'platform': "'all'", 'id': "'all'"},
    }) }}
{% endmacro %}


{% macro same_partner_and_period(left, right) -%}
    {#- Join condition of the partner scorecard: its parts all have the grain of partner and period. -#}
    {{ left }}.source_system = {{ right }}.source_system
        and {{ left }}.partner_id = {{ right }}.partner_id
        and {{ left }}.period_kind = {{ right }}.period_kind
        and {{ left }}.period_month is not distinct from {{ right }}.period_month
{%- endmacro %}


{% macro training_kpis() %}
    {#-
        The KPIs of a rep that are compared before and after a training: what is counted, over what, and how it is told.
        Proportions have a factor and with it an interval; waits_days: how long after the last day a value may still change.
    -#}
    {{ return({
        'win_rate': {'unit': 'rate', 'numerator': 'won_count', 'n': 'closed_count', 'value': divide('won_count', 'closed_count'), 'factor': '1'},
        'deal_count': {'unit': 'count', 'numerator': 'won_count', 'n': 'won_count', 'value': 'won_count'},
        'won_amount': {'unit': 'money', 'numerator': 'won_amount_base', 'n': 'won_count', 'value': 'won_amount_base'},
        'average_deal_size': {'unit': 'money', 'numerator': 'won_amount_base', 'n': 'won_count', 'value': divide('won_amount_base', 'won_count')},
        'sales_cycle': {'unit': 'days', 'numerator': 'cycle_days', 'n': 'cycle_count', 'value': divide('cycle_days', 'cycle_count')},
        'outbound_calls': {'unit': 'count', 'numerator': 'outbound_calls_count', 'n': 'outbound_calls_count', 'value': 'outbound_calls_count'},
        'call_conversion': {
            'unit': 'per 1000',
            'numerator': 'opportunities_count',
            'n': 'outbound_calls_count',
            'value': '1000 * ' ~ divide('opportunities_count', 'outbound_calls_count'),
            'factor': '1000',
            'waits_days': var('call_conversion_days'),
        },
    }) }}
{% endmacro %}


{% macro attribution_models() %}
    {#- The attribution models: how each shares out a conversion among its touches, up to a factor. -#}
    {{ return({
        'first': whole_number('touch_number = 1'),
        'last': whole_number('touch_number = touches_count'),
        'linear': '1.0',
        'position': 'position_share',
        'time_decay': 'decay',
        'w_shaped': 'w_share',
        'shapley': 'shapley_share',
        'markov': 'markov_share',
    }) }}
{% endmacro %}


{% macro channel_mix_model() %}
    {#- The attribution model by which the channel mix shares out revenue: linear, unless a company chooses another. -#}
    {%- set model = var('channel_mix_model') -%}
    {%- if model not in attribution_models() -%}
        {{ exceptions.raise_compiler_error("channel_mix_model: '" ~ model ~ "' is none of " ~ attribution_models().keys() | join(', ')) }}
    {%- endif -%}
    {{ return(model) }}
{% endmacro %}
