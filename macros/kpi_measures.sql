{% macro kpi_measures() %}
    {#-
        Every KPI that is told by period and scope, for leaderboards and targets: one line each, read by kpi_value.

        kpi_id       key in the dictionary (reference__kpi.csv)
        model        table that holds it
        column       its column there
        numerator    columns (or expressions) that add up over rows and months; value = numerator / denominator,
        denominator  or the numerator alone. What is told per 1000 has the factor in its numerator. Null for a median.
        n            cases behind the value; left out: the denominator, else the numerator
        low, high    columns of the 95 % interval; a rate has one
        over_months  how a quarter follows from its months: 'sum' (left out), 'last' (a stock: that of the last month) or
                     'none' (medians, distinct customers, growth: a month only)
        where        rows of the table, where it holds several kinds
        part         what else the table is cut by, such as the stage: a measure of its own for each
        scope_kind, scope_id   expressions, where the table has no columns of these names
        is_mature    expression; left out: nothing in the row is still young. A month without cases has none that are
        grouped      true: the table is finer than period and scope; its numerators and denominators are summed
        interval     true: a grouped rate gets its interval from these sums
        day          for a grouped table by day or week: the column with the day
    -#}
    {%- set all_mature_leads = 'leads_created_count = mature_leads_count' -%}
    {%- set stage_pair = "source_system || ': ' || from_stage || ' to ' || to_stage" -%}
    {%- set by_campaign = {'scope_kind': "'campaign'", 'scope_id': 'campaign_id', 'grouped': true} -%}
    {%- set by_partner = {'scope_kind': "'partner'", 'scope_id': 'partner_id', 'grouped': true} -%}
    {%- set by_channel_group = {'scope_kind': "case when channel_group = 'all' then 'all' else 'channel_group' end", 'scope_id': 'channel_group'} -%}
    {%- set by_product = {'scope_kind': "'product'", 'scope_id': 'product_id', 'grouped': true} -%}
    {%- set by_engaged = {
        'scope_kind': "case when channel = 'all' then 'all' when campaign_id = 'all' then 'channel' else 'campaign' end",
        'scope_id': "case when channel = 'all' then 'all' when campaign_id = 'all' then channel else campaign_id end",
        'grouped': true, 'interval': true,
    } -%}
    {%- set by_platform = {'scope_kind': "case when platform = 'all' then 'all' else 'platform' end", 'scope_id': 'platform', 'where': "frequency_band = 'all'"} -%}
    {%- set whole_pipeline = "stage = 'all' and age_band = 'all'" -%}
    {%- set by_ad_level = {
        'where': "model = 'linear' and level in ('all', 'platform', 'channel', 'campaign')",
        'scope_kind': 'level', 'scope_id': 'level_id', 'grouped': true, 'n': 'conversions_count',
    } -%}
    {%- set measures = [
        dict(kpi_id='leads_created', model='kpi_leads', column='leads_created_count', numerator='leads_created_count'),
        dict(kpi_id='lead_growth_rate', model='kpi_leads', column='lead_growth_rate', numerator='leads_created_count - previous_month_leads_count', denominator='previous_month_leads_count', over_months='none'),
        dict(kpi_id='lead_quality', model='kpi_leads', column='completeness_mean_ratio', numerator='completeness_sum', denominator='leads_created_count'),
        dict(kpi_id='lead_to_customer_time', model='kpi_leads', column='lead_to_customer_mean_days', numerator='lead_to_customer_days', denominator='customers_count', is_mature=all_mature_leads),
        dict(kpi_id='close_rate', model='kpi_close_rate', column='mature_close_rate', numerator='mature_won_count', denominator='mature_leads_count', low='mature_close_rate_low', high='mature_close_rate_high', is_mature='leads_count = mature_leads_count'),
        dict(kpi_id='stage_conversion', model='kpi_stage_conversion', column='reached_rate', numerator='reached_to_count', denominator='reached_from_count', low='reached_rate_low', high='reached_rate_high', part=stage_pair, is_mature='is_mature'),
        dict(kpi_id='stage_conversion_both', model='kpi_stage_conversion', column='both_rate', numerator='both_count', denominator='from_count', low='both_rate_low', high='both_rate_high', part=stage_pair, is_mature='is_mature'),
        dict(kpi_id='stage_dwell', model='kpi_stage_dwell', column='dwell_p50_days', n='visits_count - open_visits_count', part="source_system || ': ' || stage", over_months='none', is_mature='open_visits_count = 0'),
        dict(kpi_id='deal_count', model='kpi_deals', column='deal_count', numerator='deal_count'),
        dict(kpi_id='won_amount', model='kpi_deals', column='won_amount_base', numerator='won_amount_base', n='deal_count'),
        dict(kpi_id='average_deal_size', model='kpi_deals', column='average_deal_size', numerator='won_amount_base', denominator='deal_count'),
        dict(kpi_id='sales_velocity', model='kpi_deals', column='sales_velocity_per_day', n='deal_count', over_months='none'),
        dict(kpi_id='open_deals', model='kpi_deals', column='open_count', numerator='open_count', over_months='last'),
        dict(kpi_id='open_pipeline', model='kpi_pipeline', column='open_amount_base', numerator='open_amount_base', n='open_count', over_months='last', where=whole_pipeline, is_mature='is_known'),
        dict(kpi_id='pipeline_coverage', model='kpi_pipeline', column='pipeline_coverage_ratio', numerator='case when pipeline_coverage_ratio is not null then expected_amount_base end', denominator='case when pipeline_coverage_ratio is not null then remaining_target_amount_base end', n='expected_count', over_months='none', where=whole_pipeline, is_mature='is_known'),
        dict(kpi_id='pipeline_movement', model='kpi_pipeline_movement', column='end_amount_base', numerator='end_amount_base', n='end_count', over_months='none'),
        dict(kpi_id='loss_reasons', model='kpi_loss_reasons', column='lost_count', numerator='lost_count', grouped=true),
        dict(by_product, kpi_id='product_sales', model='kpi_product_sales', column='revenue_base', numerator='revenue_base', n='lines_count'),
        dict(kpi_id='value_added_calls', model='kpi_service_quality', column='value_added_call_rate', numerator='value_added_calls_count', denominator='connected_calls_count', low='value_added_call_rate_low', high='value_added_call_rate_high'),
        dict(kpi_id='call_conversion', model='kpi_call_conversion', column='mature_opportunities_per_1000', numerator='1000 * mature_opportunities_count', denominator='mature_outbound_calls_count', low='mature_opportunities_per_1000_low', high='mature_opportunities_per_1000_high', is_mature='outbound_calls_count = mature_outbound_calls_count'),
        dict(kpi_id='call_conversion_won', model='kpi_call_conversion', column='mature_won_per_1000', numerator='1000 * mature_won_count', denominator='mature_outbound_calls_count', low='mature_won_per_1000_low', high='mature_won_per_1000_high', is_mature='outbound_calls_count = mature_outbound_calls_count'),
        dict(kpi_id='response_time', model='kpi_response_time', column='response_mean_minutes', numerator='response_minutes', denominator='answered_count', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='response_time_business', model='kpi_response_time', column='response_mean_business_minutes', numerator='response_business_minutes', denominator='answered_business_count', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='response_time_per_customer', model='kpi_response_time', column='response_per_customer_minutes', numerator='response_minutes', denominator='answered_customers_count', over_months='none', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='response_time_median', model='kpi_response_time', column='response_p50_minutes', n='answered_count', over_months='none', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='response_time_p90', model='kpi_response_time', column='response_p90_minutes', n='answered_count', over_months='none', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='response_unanswered', model='kpi_response_time', column='unanswered_rate', numerator='mature_unanswered_count', denominator='mature_requests_count', low='unanswered_rate_low', high='unanswered_rate_high', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='first_contact_resolution', model='kpi_service_quality', column='first_contact_resolution_rate', numerator='first_contact_resolved_count', denominator='contacts_known_count', low='first_contact_resolution_rate_low', high='first_contact_resolution_rate_high', is_mature='requests_count = mature_requests_count'),
        dict(kpi_id='surveyed_resolution', model='kpi_service_quality', column='surveyed_resolution_rate', numerator='resolution_confirmed_count', denominator='resolution_answers_count', low='surveyed_resolution_rate_low', high='surveyed_resolution_rate_high'),
        dict(kpi_id='satisfaction', model='kpi_service_quality', column='satisfaction_mean', numerator='satisfaction_sum', denominator='satisfaction_answers_count'),
        dict(kpi_id='satisfied', model='kpi_service_quality', column='satisfied_rate', numerator='satisfied_count', denominator='satisfaction_answers_count', low='satisfied_rate_low', high='satisfied_rate_high'),
        dict(kpi_id='satisfaction_response', model='kpi_service_quality', column='satisfaction_response_rate', numerator='satisfaction_surveys_answered_count', denominator='satisfaction_surveys_sent_count', low='satisfaction_response_rate_low', high='satisfaction_response_rate_high'),
        dict(kpi_id='survey_response', model='kpi_service_quality', column='survey_response_rate', numerator='surveys_answered_count', denominator='surveys_sent_count', low='survey_response_rate_low', high='survey_response_rate_high'),
        dict(kpi_id='nps', model='kpi_service_quality', column='nps_ratio', numerator='promoters_count - detractors_count', denominator='nps_answers_count'),
        dict(kpi_id='quote_turnaround', model='kpi_service_quality', column='first_quote_p50_minutes', n='first_quote_timed_count', over_months='none'),
        dict(kpi_id='quote_turnaround_p90', model='kpi_service_quality', column='first_quote_p90_minutes', n='first_quote_timed_count', over_months='none'),
        dict(kpi_id='quote_turnaround_mean', model='kpi_service_quality', column='first_quote_mean_minutes', numerator='first_quote_minutes', denominator='first_quote_timed_count'),
        dict(kpi_id='quote_turnaround_business', model='kpi_service_quality', column='first_quote_p50_business_minutes', n='first_quote_business_timed_count', over_months='none'),
        dict(kpi_id='quote_turnaround_final', model='kpi_service_quality', column='final_quote_p50_minutes', n='final_quote_timed_count', over_months='none'),
        dict(kpi_id='win_rate', model='kpi_win_rate', column='win_rate', numerator='won_count', denominator='n', low='win_rate_low', high='win_rate_high', where="basis = 'closed'"),
        dict(kpi_id='win_rate_created', model='kpi_win_rate', column='mature_win_rate', numerator='mature_won_count', denominator='mature_n', low='mature_win_rate_low', high='mature_win_rate_high', where="basis = 'created'", is_mature='mature_n = n'),
        dict(kpi_id='win_rate_amount', model='kpi_win_rate', column='won_amount_ratio', numerator='case when won_amount_ratio is not null then won_amount_base end', denominator='case when won_amount_ratio is not null then closed_amount_base end', n='n', where="basis = 'closed'"),
        dict(kpi_id='sales_cycle', model='kpi_sales_cycle', column='cycle_from_created_mean_days', numerator='from_created_days', denominator='from_created_count'),
        dict(kpi_id='sales_cycle_from_followup', model='kpi_sales_cycle', column='cycle_from_followup_mean_days', numerator='from_followup_days', denominator='from_followup_count'),
        dict(kpi_id='sales_cycle_median', model='kpi_sales_cycle', column='cycle_from_created_median_days', n='from_created_count', over_months='none'),
        dict(kpi_id='revenue', model='kpi_revenue', column='revenue_base', numerator='revenue_base', n='orders_count'),
        dict(kpi_id='average_order_value', model='kpi_revenue', column='average_order_value', numerator='revenue_base', denominator='orders_count'),
        dict(kpi_id='arpu', model='kpi_revenue', column='arpu', numerator='customers_revenue_base', denominator='active_customers_count', over_months='none'),
        dict(kpi_id='revenue_growth', model='kpi_revenue', column='growth_ratio', numerator='revenue_base - previous_month_revenue_base', denominator='previous_month_revenue_base', n='orders_count', over_months='none'),
        dict(kpi_id='revenue_growth_year', model='kpi_revenue', column='growth_year_ratio', numerator='revenue_base - previous_year_revenue_base', denominator='previous_year_revenue_base', n='orders_count'),
        dict(kpi_id='new_customers', model='kpi_revenue', column='new_customers_count', numerator='new_customers_count'),
        dict(kpi_id='gross_margin', model='kpi_revenue', column='gross_margin_ratio', numerator='costed_revenue_base - cost_base', denominator='costed_revenue_base', n='orders_count'),
        dict(kpi_id='total_customer_value', model='kpi_revenue', column='total_customer_value_base', numerator='total_customer_value_base', n='orders_count', over_months='last'),
        dict(kpi_id='customer_retention', model='kpi_customer_retention', column='retention_rate', numerator='kept_count', denominator='customers_at_start_count', low='retention_rate_low', high='retention_rate_high', over_months='none'),
        dict(kpi_id='customer_churn', model='kpi_customer_retention', column='churn_rate', numerator='lost_count', denominator='customers_at_start_count', low='churn_rate_low', high='churn_rate_high', over_months='none'),
        dict(kpi_id='repeat_purchase', model='kpi_customer_retention', column='repeat_purchase_rate', numerator='repeat_customers_count', denominator='old_enough_customers_count', low='repeat_purchase_rate_low', high='repeat_purchase_rate_high', is_mature='is_mature'),
        dict(kpi_id='customer_journey', model='kpi_customer_journey', column='mature_activation_rate', numerator='mature_activations_count', denominator='mature_signups_count', low='mature_activation_rate_low', high='mature_activation_rate_high', is_mature='signups_count = mature_signups_count'),
        dict(kpi_id='sign_ups', model='kpi_customer_journey', column='signups_count', numerator='signups_count'),
        dict(kpi_id='cancellations', model='kpi_customer_journey', column='mature_cancellation_rate', numerator='mature_cancellations_count', denominator='mature_signups_count', low='mature_cancellation_rate_low', high='mature_cancellation_rate_high', is_mature='signups_count = mature_signups_count'),
        dict(kpi_id='revenue_retention', model='kpi_revenue_retention', column='nrr_ratio', numerator='start_base + expansion_base - contraction_base - churn_base', denominator='start_base', n='customers_at_start_count', over_months='none'),
        dict(kpi_id='gross_revenue_retention', model='kpi_revenue_retention', column='grr_ratio', numerator='start_base - contraction_base - churn_base', denominator='start_base', n='customers_at_start_count', over_months='none'),
        dict(by_channel_group, kpi_id='cac', model='kpi_acquisition_cost', column='cac', numerator='case when cac is not null then cost_base end', denominator='case when cac is not null then new_customers_count end'),
        dict(by_channel_group, kpi_id='cac_payback', model='kpi_acquisition_cost', column='payback_months', n='new_customers_count', over_months='none'),
        dict(by_channel_group, kpi_id='ltv_to_cac', model='kpi_acquisition_cost', column='ltv_to_cac', n='new_customers_count', over_months='none'),
        dict(by_channel_group, kpi_id='channel_mix', model='kpi_channel_mix', column='won_revenue_base', numerator='won_revenue_base', n='leads_count'),
        dict(by_ad_level, kpi_id='roas', model='kpi_roas', column='roas', numerator='attributed_amount_base', denominator='spend_base'),
        dict(by_ad_level, kpi_id='roi', model='kpi_roas', column='roi', numerator='net_return_base', denominator='spend_base'),
        dict(by_ad_level, kpi_id='net_return', model='kpi_roas', column='net_return_base', numerator='net_return_base'),
        dict(by_campaign, kpi_id='ad_frequency', model='kpi_ad_frequency', column='frequency_ratio', numerator='case when is_complete and frequency_ratio is not null then impressions end', denominator='case when is_complete and frequency_ratio is not null then reach end', is_mature='is_complete', day='period_week'),
        dict(by_platform, kpi_id='ad_too_often', model='kpi_ad_frequency_band', column='too_often_rate', numerator='too_often_count', denominator='judged_count', low='too_often_rate_low', high='too_often_rate_high'),
        dict(by_platform, kpi_id='ad_too_seldom', model='kpi_ad_frequency_band', column='too_seldom_rate', numerator='too_seldom_count', denominator='judged_count', low='too_seldom_rate_low', high='too_seldom_rate_high'),
        dict(by_engaged, kpi_id='engagement_rate', model='kpi_engagement', column='engagement_rate', numerator='engagements_count', denominator='deliveries_count'),
        dict(by_engaged, kpi_id='click_rate', model='kpi_engagement', column='click_rate', numerator='clicks_count', denominator='deliveries_count'),
        dict(by_engaged, kpi_id='email_open_rate', model='kpi_engagement', column='open_rate', numerator='opens_count', denominator='messages_count'),
        dict(kpi_id='conversion_rate', model='kpi_conversion_rate', column='conversion_rate', numerator='converters_count', denominator='visitors_count', low='conversion_rate_low', high='conversion_rate_high', scope_kind="'action'", scope_id='action', where="period_kind <> 'day' and channel = 'all' and landing_page = 'all'", over_months='none'),
        dict(kpi_id='conversion_rate', model='kpi_conversion_rate', column='conversion_rate', numerator='converters_count', denominator='visitors_count', low='conversion_rate_low', high='conversion_rate_high', part='action', scope_kind="'channel'", scope_id='channel', where="period_kind <> 'day' and channel <> 'all' and landing_page = 'all'", over_months='none'),
        dict(by_campaign, kpi_id='campaign_cost', model='kpi_campaign_cost', column='cost_per_lead_base', numerator='spend_base', denominator='leads_count'),
        dict(by_campaign, kpi_id='cost_per_opportunity', model='kpi_campaign_cost', column='cost_per_opportunity_base', numerator='spend_base', denominator='opportunities_count'),
        dict(by_campaign, kpi_id='cost_per_customer', model='kpi_campaign_cost', column='cost_per_customer_base', numerator='spend_base', denominator='customers_count'),
        dict(by_partner, kpi_id='partner_quality', model='kpi_partner_scorecard', column='yield_per_opportunity', numerator='won_amount_base', denominator='opportunities_count'),
        dict(by_partner, kpi_id='deal_success', model='kpi_partner_scorecard', column='deal_success_rate', numerator='qualified_won_count', denominator='qualified_count', interval=true, is_mature='is_mature'),
        dict(by_partner, kpi_id='influenced_win_rate', model='kpi_partner_scorecard', column='influenced_win_rate', numerator='influenced_deal_count', denominator='influenced_closed_count', interval=true),
        dict(by_partner, kpi_id='influenced_deal_success', model='kpi_partner_scorecard', column='influenced_deal_success_rate', numerator='influenced_qualified_won_count', denominator='influenced_qualified_count', interval=true, is_mature='is_mature'),
        dict(by_partner, kpi_id='partner_commission', model='kpi_partner_scorecard', column='commission_base', numerator='commission_base', n='deal_count'),
    ] -%}
    {#- a table may cut one KPI by columns instead of rows -#}
    {%- for band in ['complete', 'partial', 'poor'] -%}
        {%- do measures.append(dict(
            kpi_id='lead_to_opportunity', model='kpi_leads', column=band ~ '_opportunity_rate', part="'" ~ band ~ "'",
            numerator=band ~ '_opportunities_count', denominator=band ~ '_leads_count',
            low=band ~ '_opportunity_rate_low', high=band ~ '_opportunity_rate_high',
        )) -%}
    {%- endfor -%}
    {%- for day in ['30', '90', '180'] -%}
        {%- set share = 'won_by_day_' ~ day -%}
        {%- do measures.append(dict(
            kpi_id='lead_to_customer_share', model='kpi_leads', column=share ~ '_rate', part="'by day " ~ day ~ "'",
            numerator=share ~ '_count', denominator='mature_leads_count',
            low=share ~ '_rate_low', high=share ~ '_rate_high', is_mature=all_mature_leads,
        )) -%}
    {%- endfor -%}
    {%- for hours in ['1h', '24h'] -%}
        {%- for clock in ['', '_business'] -%}
            {%- set share = 'within_' ~ hours ~ clock -%}
            {%- do measures.append(dict(
                kpi_id='response_' ~ share, model='kpi_response_time', column=share ~ '_rate',
                numerator=share ~ '_count', denominator='mature' ~ clock ~ '_requests_count',
                low=share ~ '_rate_low', high=share ~ '_rate_high', is_mature='requests_count = mature_requests_count',
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {#- a table by rep and day has no rows of teams, regions and all -#}
    {%- set activities = {
        'activity_volume': 'activities_count', 'calls': 'calls_count', 'emails': 'emails_count', 'meetings': 'meetings_count',
        'recontactable': 'recontactable_count',
    } -%}
    {%- for kpi_id, column in activities.items() -%}
        {%- for scope_kind, scope_id in [('all', "'all'"), ('team', "coalesce(team, 'unknown')"), ('region', "coalesce(region, 'unknown')"), ('rep', 'rep_id')] -%}
            {%- do measures.append(dict(
                kpi_id=kpi_id, model='kpi_activity_daily', column=column, numerator=column, day='activity_on', grouped=true,
                scope_kind="'" ~ scope_kind ~ "'", scope_id=scope_id,
            )) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(measures) }}
{% endmacro %}


{% macro measure_type() -%}
    {#- Numerators and denominators of any KPI: money, counts and days, added up without rounding. -#}
    decimal(38, 6)
{%- endmacro %}


{% macro measure_rows(measure) %}
    {#- The rows of kpi_value of one entry of kpi_measures(). -#}
    {%- set numerator = 'cast(' ~ measure.get('numerator', 'null') ~ ' as ' ~ measure_type() ~ ')' -%}
    {%- set denominator = 'cast(' ~ measure.get('denominator', 'null') ~ ' as ' ~ measure_type() ~ ')' -%}
    {%- set n = measure.get('n') or measure.get('denominator') or measure['numerator'] -%}
    {%- set is_mature = measure.get('is_mature', 'true') -%}
    {%- set source %}
        {%- if measure.get('day') -%}
        (
            select
                *,
                'month' as period_kind,
                {{ month_of(measure['day']) }} as period_month
            from {{ ref(measure['model']) }}
            union all
            select
                *,
                'all' as period_kind,
                cast(null as date) as period_month
            from {{ ref(measure['model']) }}
        ) as periods
        {%- else -%}
        {{ ref(measure['model']) }} as published
        {%- endif -%}
    {%- endset %}
    select
        '{{ measure["kpi_id"] }}' as kpi_id,
        {{ measure.get('part', "'all'") }} as part,
        period_kind,
        period_month,
        {{ measure.get('scope_kind', 'scope_kind') }} as scope_kind,
        {{ measure.get('scope_id', 'scope_id') }} as scope_id,
        {%- if measure.get('grouped') %}
        {%- set sum_numerator = 'sum(' ~ numerator ~ ')' -%}
        {%- set sum_denominator = 'sum(' ~ denominator ~ ')' %}
        {{ divide(sum_numerator, sum_denominator) if measure.get('denominator') else 'cast(' ~ sum_numerator ~ ' as double)' }} as value,
        cast(sum({{ n }}) as bigint) as n,
        cast({{ sum_numerator }} as {{ measure_type() }}) as numerator,
        cast({{ sum_denominator }} as {{ measure_type() }}) as denominator,
        {{ wilson_low(sum_numerator, sum_denominator) if measure.get('interval') else 'cast(null as double)' }} as low,
        {{ wilson_high(sum_numerator, sum_denominator) if measure.get('interval') else 'cast(null as double)' }} as high,
        '{{ measure.get("over_months", "sum") }}' as over_months,
        coalesce(bool_and({{ is_mature }}), true) as is_mature
        {%- else %}
        cast({{ measure['column'] }} as double) as value,
        cast({{ n }} as bigint) as n,
        {{ numerator }} as numerator,
        {{ denominator }} as denominator,
        cast({{ measure.get('low', 'null') }} as double) as low,
        cast({{ measure.get('high', 'null') }} as double) as high,
        '{{ measure.get("over_months", "sum") }}' as over_months,
        coalesce({{ is_mature }}, true) as is_mature
        {%- endif %}
    from {{ source }}
    {%- if measure.get('where') %}
    where {{ measure['where'] }}
    {%- endif %}
    {%- if measure.get('grouped') %}
    group by 1, 2, 3, 4, 5, 6
    {%- endif %}
{% endmacro %}
