"""What readers of the release rely on, written out by hand: its tables and the least columns of each."""

from __future__ import annotations

WATERFALL = "start created reopened pulled_in increased transferred_in decreased pushed_out transferred_out deleted lost won end"
SOURCED_AND_INFLUENCED = (
    "deal_count won_amount_base average_deal_size open_pipeline_count open_pipeline_amount_base open_pipeline_age_days"
    " lost_to_competitor_count win_rate deal_success_rate velocity_per_day cycle_days yield_per_opportunity"
    " commission_base"
)
INTERFACE = {
    "sales.dim_rep": "rep_id rep_name team region manager_id valid_from valid_to is_current",
    "sales.dim_account": "account_id account_name segment country created_at",
    "sales.fct_lead": (
        "lead_id created_at source channel_group campaign_id partner_id owner_id completeness_ratio"
        " duplicate_of_lead_id converted_at opportunity_id is_won won_at"
    ),
    "sales.fct_opportunity": (
        "opportunity_id account_id owner_id sourcing_partner_id lead_id campaign_id source product_family stage"
        " created_at first_followup_at first_closed_at last_closed_at expected_close_on outcome loss_reason"
        " lost_to_competitor amount currency amount_base cycle_from_created_days cycle_from_followup_days"
    ),
    "sales.fct_opportunity_partner": "opportunity_id partner_id role commission_base",
    "sales.fct_order_line": "line_id opportunity_id product_id quantity amount currency amount_base",
    "sales.fct_opportunity_stage": (
        "opportunity_id stage stage_order visit_number entered_at exited_at dwell_days is_reentry skipped_stages"
    ),
    "sales.fct_pipeline_daily": "as_of_on opportunity_id stage amount_base expected_close_on age_days",
    "sales.kpi_stage_conversion": (
        "period_kind period_month scope_kind scope_id from_stage to_stage from_count to_count ever_ratio both_count"
        " both_rate reached_from_count reached_to_count reached_rate team_ever_ratio team_both_rate team_reached_rate"
        " top_loss_reasons is_mature"
    ),
    "sales.kpi_stage_dwell": (
        "period_kind period_month scope_kind scope_id stage visits_count dwell_p50_days dwell_p90_days"
        " open_visits_count"
    ),
    "sales.kpi_win_rate": (
        "period_kind period_month scope_kind scope_id basis won_count n win_rate won_amount_base closed_amount_base"
        " won_amount_ratio is_mature"
    ),
    "sales.kpi_sales_cycle": (
        "period_kind period_month scope_kind scope_id won_count"
        " cycle_from_created_mean_days cycle_from_created_median_days cycle_from_created_p90_days"
        " cycle_from_followup_mean_days cycle_from_followup_median_days cycle_from_followup_p90_days"
    ),
    "sales.kpi_sales_cycle_curve": "scope_kind scope_id day at_risk_count won_incidence lost_incidence open_share",
    "sales.kpi_deals": (
        "period_kind period_month scope_kind scope_id deal_count won_amount_base average_deal_size"
        " sales_velocity_per_day open_count win_rate mean_cycle_days"
    ),
    "sales.kpi_pipeline": (
        "period_kind period_month scope_kind scope_id stage age_band open_count open_amount_base"
        " open_change_count open_change_amount_base target_amount_base target_difference_amount_base"
        " target_attainment_ratio pipeline_coverage_ratio"
    ),
    "sales.kpi_pipeline_movement": "period_kind period_month scope_kind scope_id "
    + " ".join(f"{term}_{what}" for term in WATERFALL.split() for what in ("amount_base", "count")),
    "sales.kpi_loss_reasons": (
        "period_kind period_month scope_kind scope_id loss_reason competitor stage lost_count lost_amount_base"
    ),
    "sales.kpi_product_sales": (
        "period_kind period_month product_id units revenue_base share_ratio all_products_revenue_base growth_ratio"
        " previous_month_revenue_base"
    ),
    "sales.kpi_leads": (
        "period_kind period_month scope_kind scope_id leads_created_count duplicates_count lead_growth_rate"
        " previous_month_leads_count completeness_mean_ratio complete_opportunity_rate partial_opportunity_rate"
        " poor_opportunity_rate lead_to_customer_mean_days lead_to_customer_p50_days lead_to_customer_p90_days"
        " won_by_day_30_rate won_by_day_90_rate won_by_day_180_rate is_mature"
    ),
    "sales.kpi_close_rate": (
        "period_kind period_month scope_kind scope_id leads_count won_count close_rate close_rate_year_before is_mature"
    ),
    "marketing.dim_campaign": "campaign_id platform campaign_name channel channel_group",
    "marketing.fct_ad_performance_daily": (
        "platform date_on campaign_id ad_group_id ad_id spend currency spend_base impressions clicks"
        " platform_conversions platform_conversion_value reach"
    ),
    "marketing.fct_touchpoint": (
        "journey_id touch_number touched_at channel campaign_id ad_group_id ad_id converted conversion_value_base"
    ),
    "marketing.fct_attribution": "conversion_id touch_number model weight attributed_amount_base",
    "marketing.attribution_channel": "model channel conversions attributed_amount_base removal_effect",
    "marketing.fct_ad_reach_weekly": "platform campaign_id period_week impressions reach",
    "marketing.fct_web_action": "visitor_id session_id occurred_at channel landing_page action",
    "marketing.fct_email_campaign": "mailing_id date_on sent delivered opened clicked unsubscribed",
    "marketing.kpi_roas": (
        "period_kind period_month level level_id model spend_base attributed_amount_base roas net_return_base roi"
        " marginal_roas break_even_roas verdict"
    ),
    "marketing.kpi_campaign_cost": (
        "period_kind period_month platform campaign_id spend_base leads_count cost_per_lead_base opportunities_count"
        " cost_per_opportunity_base customers_count cost_per_customer_base"
    ),
    "marketing.kpi_ad_frequency": (
        "period_week platform campaign_id impressions reach frequency_ratio frequency_band conversions status"
    ),
    "marketing.kpi_engagement": (
        "period_kind period_month channel campaign_id engagements_count deliveries_count engagement_rate"
    ),
    "marketing.kpi_conversion_rate": (
        "period_kind date_on channel landing_page action visitors_count converters_count conversion_rate"
    ),
    "marketing.kpi_channel_mix": (
        "period_kind period_month channel_group leads_count opportunities_count won_revenue_base cost_base close_rate"
        " roas is_mature"
    ),
    "service.fct_activity": (
        "activity_id kind direction rep_id lead_id contact_id opportunity_id occurred_at duration_seconds"
        " is_connected is_value_added is_automatic agreed_followup"
    ),
    "service.fct_request": (
        "request_id channel requested_at first_human_response_at responder_id response_minutes"
        " response_business_minutes resolved_at contacts_count is_first_contact_resolved satisfaction"
    ),
    "service.fct_quote": (
        "quote_id opportunity_id requested_at sent_at is_final amount_base turnaround_business_minutes"
    ),
    "service.fct_survey": "survey_kind respondent_id answered_at score reason",
    "service.kpi_activity_daily": (
        "rep_id activity_on calls_count emails_count meetings_count recontactable_count opportunities_count won_count"
    ),
    "service.kpi_call_conversion": (
        "period_kind period_month scope_kind scope_id outbound_calls_count opportunities_per_1000"
        " opportunities_per_1000_low opportunities_per_1000_high won_per_1000 won_per_1000_low won_per_1000_high"
        " benchmark_per_1000 status is_mature"
    ),
    "service.kpi_response_time": (
        "period_kind period_month scope_kind scope_id requests_count unanswered_count response_mean_minutes"
        " response_per_customer_minutes answered_customers_count response_p50_minutes response_p90_minutes"
        " within_1h_rate within_24h_rate response_mean_business_minutes response_per_customer_business_minutes"
        " response_p50_business_minutes response_p90_business_minutes within_1h_business_rate within_24h_business_rate"
        " is_mature"
    ),
    "service.kpi_response_lift": (
        "response_band n qualified_rate won_rate qualified_to_next_band_ratio won_to_next_band_ratio"
    ),
    "service.kpi_service_quality": (
        "period_kind period_month scope_kind scope_id first_contact_resolution_rate surveyed_resolution_rate"
        " value_added_call_rate satisfaction_mean satisfied_rate satisfaction_response_rate top_low_score_reasons"
        " promoters_count passives_count detractors_count nps_answers_count nps_ratio"
        " first_quote_mean_minutes first_quote_p50_minutes first_quote_p90_minutes first_quote_p50_business_minutes"
        " first_quote_p90_business_minutes final_quote_mean_minutes final_quote_p50_minutes final_quote_p90_minutes"
        " final_quote_p50_business_minutes final_quote_p90_business_minutes open_quotes_count is_mature"
    ),
    "customers.dim_customer": "customer_id first_order_on segment",
    "customers.fct_order": (
        "order_id customer_id ordered_at amount currency amount_base cost_base revenue_source"
    ),
    "customers.fct_customer_cost": "customer_id incurred_on kind amount_base",
    "customers.fct_customer_event": "customer_id kind occurred_at",
    "customers.kpi_customer_ltv": (
        "customer_id orders_count revenue_base costs_base ltv_realised_base frequency recency age p_alive"
        " expected_purchases expected_value_base ltv_predicted_base"
    ),
    "customers.kpi_segment_ltv": "scope_kind scope_id customers_count ltv_realised_base ltv_predicted_base",
    "customers.ltv_model": "r alpha a b p q v log_likelihood customers_count",
    "customers.kpi_cohort_ltv": (
        "cohort_month age_months scope_kind scope_id customers_count active_count retention_rate"
        " cumulative_value_per_customer_base is_mature"
    ),
    "customers.kpi_revenue": (
        "period_kind period_month scope_kind scope_id revenue_base orders_count average_order_value arpu"
        " new_customers_count growth_ratio growth_year_ratio gross_margin_ratio total_customer_value_base"
    ),
    "customers.kpi_revenue_retention": (
        "period_kind period_month start_base expansion_base contraction_base churn_base nrr_ratio grr_ratio"
    ),
    "customers.kpi_customer_retention": (
        "period_kind period_month scope_kind scope_id customers_at_start_count kept_count retention_rate churn_rate"
        " repeat_purchase_rate repeat_customers_count old_enough_customers_count is_mature"
    ),
    "customers.kpi_customer_journey": (
        "period_kind period_month signups_count activations_count cancellations_count activation_rate"
        " cancellation_rate is_mature"
    ),
    "customers.kpi_acquisition_cost": (
        "period_kind period_month channel_group cost_base new_customers_count cac payback_months ltv_to_cac"
    ),
    "partners.dim_partner": "partner_id partner_name tier region commission_rate",
    "partners.kpi_partner_scorecard": (
        "partner_id period_kind period_month rank close_rate leads_count won_leads_count is_mature "
        + " ".join(f"{of}{column}" for of in ("", "influenced_") for column in SOURCED_AND_INFLUENCED.split())
    ),
    "management.kpi_dictionary": (
        "kpi_id label_en label_tr label_zh definition unit direction effect_class time_class subject_class"
        " maturity_days table column owner"
    ),
    "management.fct_target": (
        "kpi_id scope_kind scope_id period_kind period_start_on target warning critical minimum_n"
    ),
    "management.fct_content_use": "content_id opportunity_id used_at rating",
    "management.fct_training": "rep_id topic held_at",
    "management.kpi_leaderboard": (
        "kpi_id period_kind period_month scope_kind scope_id value n low high rank tie_group"
    ),
    "management.kpi_target_attainment": (
        "kpi_id scope_kind scope_id period_kind period_start_on actual target attainment_ratio baseline_previous"
        " baseline_year_before direction status"
    ),
    "management.kpi_content_effect": (
        "content_id uses_count deals_count deals_used_in_rate with_win_rate without_win_rate with_cycle_mean_days"
        " without_cycle_mean_days customer_views_count rating_mean is_unused"
    ),
    "management.kpi_training_effect": "training_id rep_id kpi_id before after difference n before_n after_n",
    "quality.rejected_rows": "source_system object export_file export_record column reason",
    "quality.rejected_values": "source_system object export_file export_record column reason",
    "quality.export_reconciliation": (
        "source_system object export_file rows_in rows_staged rows_rejected rows_skipped rows_superseded rows_deleted"
        " difference control_total_in control_total_staged"
    ),
    "quality.refresh_log": (
        "started_at finished_at as_of status checks_passed_count checks_failed_count published_version"
    ),
}


def test_every_promised_table_is_published_with_its_columns(columns: dict[str, set[str]]) -> None:
    missing = [
        f"{table}.{column}"
        for table, promised in INTERFACE.items()
        for column in promised.split()
        if column not in columns.get(table, set())
    ]
    assert not missing
