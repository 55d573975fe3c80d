{% macro staging_models() %}
    {#-
        Every staging model: accounting, as_of and the quality tables are unions over all of them.
        dbt needs the names while it parses, so a new export is one more line here; a test compares the list with the folders.
    -#}
    {{ return([
        'stg_ga4__event',
        'stg_generic__account',
        'stg_generic__activity',
        'stg_generic__ad_performance_daily',
        'stg_generic__ad_reach_weekly',
        'stg_generic__campaign',
        'stg_generic__contact',
        'stg_generic__content',
        'stg_generic__content_use',
        'stg_generic__customer_cost',
        'stg_generic__customer_event',
        'stg_generic__deal_registration',
        'stg_generic__email_campaign',
        'stg_generic__lead',
        'stg_generic__opportunity',
        'stg_generic__opportunity_history',
        'stg_generic__opportunity_line',
        'stg_generic__opportunity_partner',
        'stg_generic__order',
        'stg_generic__order_line',
        'stg_generic__partner',
        'stg_generic__product',
        'stg_generic__quote',
        'stg_generic__rep',
        'stg_generic__request',
        'stg_generic__subscription',
        'stg_generic__survey',
        'stg_generic__training',
        'stg_generic__web_action',
        'stg_google_ads__ad_performance_daily',
        'stg_meta_ads__ad_performance_daily',
        'stg_reference__business_hours',
        'stg_reference__campaign_map',
        'stg_reference__channel_map',
        'stg_reference__frequency_threshold',
        'stg_reference__fx_rate',
        'stg_reference__holiday',
        'stg_reference__kpi',
        'stg_reference__maturity_window',
        'stg_reference__partner_role_map',
        'stg_reference__partner_terms',
        'stg_reference__stage_map',
        'stg_reference__target',
        'stg_reference__web_action_map',
        'stg_salesforce__account',
        'stg_salesforce__activity',
        'stg_salesforce__campaign',
        'stg_salesforce__campaign_member',
        'stg_salesforce__contact',
        'stg_salesforce__lead',
        'stg_salesforce__opportunity',
        'stg_salesforce__opportunity_field_history',
        'stg_salesforce__opportunity_history',
        'stg_salesforce__opportunity_line',
        'stg_salesforce__opportunity_partner',
        'stg_salesforce__order',
        'stg_salesforce__product',
        'stg_salesforce__rep',
        'stg_salesforce__request',
    ]) }}
{% endmacro %}


{% macro export_of(staging_model) %}
    {#- The export (system and object) that a staging model reads, from the contract of its seed. -#}
    {%- if execute -%}
        {%- set parents = graph.nodes['model.' ~ project_name ~ '.' ~ staging_model].depends_on.nodes -%}
        {{ return(graph.nodes[parents[0]].config.meta.export) }}
    {%- endif -%}
    {{ return({'system': '', 'object': ''}) }}
{% endmacro %}


{% macro union_staged(models, columns) %}
    {#- Plain union of the staged records of several staging models that emit the same columns for the same thing. -#}
    {%- for model in models %}
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        _export_file,
        _export_record
    from {{ ref(model) }}
    where _row_status = 'staged'
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}


{% macro union_records(models, columns, statuses) %}
    {#-
        As union_staged, with the records of other verdicts: what a deal looked like before, and deals that were deleted. A house
        test names the models that may ask for them.
    -#}
    {%- for model in models %}
    select
        {%- for column in columns %}
        {{ column }},
        {%- endfor %}
        _row_status,
        _export_file,
        _export_record
    from {{ ref(model) }}
    where _row_status in ({% for status in statuses %}'{{ status }}'{{ ', ' if not loop.last }}{% endfor %})
    {{ 'union all' if not loop.last }}
    {%- endfor %}
{% endmacro %}
