"""The truth about a company: what was drawn from, and KPI values counted from its event arrays.

Nothing here reads an export or runs SQL over one, so that a pipeline which reads the exports can be
compared with it. Deleted rows and superseded versions count nowhere. Money in the reporting
currency, and every other decimal, is a string; keys are strings.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator import channels, deal_paths, deals, orders
from simulator.columns import RecordId
from simulator.company import CompanyParts
from simulator.exports_people import USER
from simulator.money import CURRENCIES, EUR
from simulator.rendering import render
from simulator.settings import REPORTING_ZONE
from simulator.truth_audience import count_ad_frequency, count_engagement, count_web_conversions
from simulator.truth_calls import count_calls, list_calls_with_deals
from simulator.truth_campaigns import count_campaign_costs
from simulator.truth_channels import count_acquisition_costs, count_channel_mix
from simulator.truth_customers import count_cohorts, count_customers, count_revenue
from simulator.truth_deals import count_loss_reasons, count_sales_cycle_curve, count_stage_dwell
from simulator.truth_enablement import count_contents, count_trainings
from simulator.truth_funnel import count_close_rates, count_lead_funnel
from simulator.truth_lifecycle import (
    count_customer_journeys,
    count_customer_retention,
    count_revenue_retention,
)
from simulator.truth_management import count_targets
from simulator.truth_marketing import count_ads, count_attribution, count_leads
from simulator.truth_pipeline import count_open_pipeline, count_pipeline_movement
from simulator.truth_products import count_order_lines
from simulator.truth_sales import count_opportunities, count_partners, count_stage_conversion
from simulator.truth_service import count_response_lift, count_response_times, count_service_quality


def count_truth(company: CompanyParts) -> dict[str, Any]:
    """All of the truth; see the functions of the parts for what each holds."""
    settings = company.settings
    return {
        "settings": {
            "seed": settings.seed,
            "scale": settings.scale,
            "start": settings.start.isoformat(),
            "months": settings.months,
            "reporting_zone": REPORTING_ZONE,
            "reporting_currency": CURRENCIES[EUR],
        },
        "parameters": _parameters(company),
        "opportunities": count_opportunities(company),
        "stage_conversion": count_stage_conversion(company),
        "stage_dwell": count_stage_dwell(company),
        "loss_reasons": count_loss_reasons(company),
        "sales_cycle_curve": count_sales_cycle_curve(company),
        "open_pipeline": count_open_pipeline(company),
        "pipeline_movement": count_pipeline_movement(company),
        **count_order_lines(company),
        "leads": count_leads(company),
        "lead_funnel": count_lead_funnel(company),
        "close_rates": count_close_rates(company),
        "calls": count_calls(company),
        "calls_with_deals": list_calls_with_deals(company),
        "contents": count_contents(company),
        "trainings": count_trainings(company),
        "revenue": count_revenue(company),
        "customers": count_customers(company),
        "cohorts": count_cohorts(company),
        "partners": count_partners(company),
        "ads": count_ads(company),
        "campaign_costs": count_campaign_costs(company),
        "attribution": count_attribution(company),
        "customer_journeys": count_customer_journeys(company),
        "revenue_retention": count_revenue_retention(company),
        "customer_retention": count_customer_retention(company),
        "acquisition_costs": count_acquisition_costs(company),
        "channel_mix": count_channel_mix(company),
        "web_conversions": count_web_conversions(company),
        "ad_frequency": count_ad_frequency(company),
        "engagement": count_engagement(company),
        "targets": count_targets(company),
        "response_times": count_response_times(company),
        "response_lift": count_response_lift(company),
        "service_quality": count_service_quality(company),
    }


def _parameters(company: CompanyParts) -> dict[str, Any]:
    """What was drawn from: rates by rep, partner and source, stage chances, buying behaviour."""
    staff, partners = company.staff, company.partners
    reps = render(RecordId(USER, staff.first_rep + np.arange(staff.reps)))
    accounts = render(RecordId("001", len(company.accounts) + np.arange(len(partners))))
    open_stages = deal_paths.STAGES[: deal_paths.WON]
    return {
        "reps": {
            rep: {"weight": _real(weight), "win_log_odds": _real(skill)}
            for rep, weight, skill in zip(reps, staff.weight, staff.skill, strict=True)
        },
        "partners": {
            account: {"weight": _real(weight), "win_log_odds": _real(effect)}
            for account, weight, effect in zip(accounts, partners.weight, partners.effect, strict=True)
        },
        "sources": {
            source.name: {
                "channel": source.channel,
                "share_of_leads": _real(source.share),
                "conversion_probability": _real(source.conversion),
                "win_log_odds": _real(source.effect),
            }
            for source in channels.SOURCES
        },
        "ad_share_of_leads": _real(channels.AD_SHARE),
        "stages": {
            stage: {
                "lose_probability": _real(deal_paths.LOSE[number]),
                "skip_probability": _real(deal_paths.SKIP[number]),
                "back_probability": _real(deal_paths.BACK[number]),
                "dwell_median_days": _real(deal_paths.DWELL_MEDIAN[number]),
            }
            for number, stage in enumerate(open_stages)
        },
        "dwell_sigma": _real(deal_paths.DWELL_SIGMA),
        "reopen_probability": {
            "won": _real(deal_paths.REOPEN_WON),
            "lost": _real(deal_paths.REOPEN_LOST),
        },
        "repeat_orders": {
            "r": _real(orders.REPEAT_R),
            "alpha_weeks": _real(orders.REPEAT_ALPHA),
            "a": _real(orders.DROPOUT_A),
            "b": _real(orders.DROPOUT_B),
        },
        "purchase_value_eur": {
            "p": _real(deals.VALUE_P),
            "q": _real(deals.VALUE_Q),
            "v": _real(deals.VALUE_V),
        },
    }


def _real(value: float) -> str:
    return f"{float(value):.6g}"
