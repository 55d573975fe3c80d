"""Journeys, retention of customers and revenue, acquisition cost and channel mix: the tables against the simulator's own counts."""

from __future__ import annotations

from typing import Any

import pytest

from tests.warehouse.truth_comparison import MONEY, PERIOD, Company, Comparison

JOURNEY = (
    "signups_count activations_count cancellations_count unsigned_activations_count"
    " unsigned_cancellations_count mature_signups_count mature_activations_count"
    " mature_cancellations_count activation_rate cancellation_rate"
)
REPEAT = "first_time_customers_count old_enough_customers_count repeat_customers_count repeat_purchase_rate"
RETENTION = "customers_at_start_count kept_count retention_rate churn_rate"
REVENUE = {
    "start_base": "start_eur",
    "expansion_base": "expansion_eur",
    "contraction_base": "contraction_eur",
    "churn_base": "churn_eur",
    "new_base": "new_eur",
    "returned_base": "returned_eur",
    "end_base": "end_eur",
    "customers_at_start_count": "start_count",
    "expanded_count": "expansion_count",
    "contracted_count": "contraction_count",
    "churned_count": "churn_count",
    "new_count": "new_count",
    "returned_count": "returned_count",
    "customers_at_end_count": "end_count",
    "nrr_ratio": "nrr_ratio",
    "grr_ratio": "grr_ratio",
}
ACQUISITION = {
    "cost_base": "cost_eur",
    "new_customers_count": "new_customers_count",
    "cac": "cac_eur",
    "monthly_margin_per_customer_base": "margin_per_customer_eur",
    "monthly_churn_rate": "churn_rate",
    "payback_months": "payback_months",
    "ltv_base": "ltv_eur",
    "ltv_to_cac": "ltv_to_cac",
}
MIX = {
    "leads_count": "leads_count",
    "opportunities_count": "opportunities_count",
    "won_leads_count": "won_leads_count",
    "close_rate": "close_rate",
    "cost_base": "cost_eur",
    "won_revenue_base": "won_revenue_eur",
    "roas": "roas",
}
SHARED_OUT = 0.01
"""Shares of an order are rounded to four digits for each touch."""


def _compare(
    company: Company, table: str, scope: str, columns: dict[str, str], truth: dict[str, Any], tolerance: float
) -> Comparison:
    comparison = Comparison()
    found = company.table(f"select {scope}, {PERIOD}, {', '.join(columns)} from {table}", keys=2)
    expected = {
        (name, period): values for name, periods in truth.items() for period, values in periods.items()
    }
    for key, values in expected.items():
        comparison.each(
            key, found.get(key, (None,) * len(columns)), values, " ".join(columns.values()), tolerance
        )
    for key in set(found) - set(expected):
        comparison.differences.append(f"{key}: the table has a row, the truth none")
    return comparison


def test_every_sign_up_activation_and_cancellation_counts_once_in_its_cohort(company: Company) -> None:
    truth = company.truth["customer_journeys"]
    names = {name: name for name in JOURNEY.split()}
    sources = "(select * from customers.kpi_customer_journey where scope_kind in ('all', 'source'))"
    comparison = _compare(company, sources, "scope_id", names, truth, 1e-6)
    comparison.assert_no_difference(at_least=1400)
    # the ugly cases are there
    whole = truth["all"]["all"]
    assert whole["unsigned_activations_count"] and whole["unsigned_cancellations_count"]
    assert whole["mature_signups_count"] < whole["signups_count"]


def test_what_became_of_the_recurring_revenue_of_every_month_is_the_true_one(company: Company) -> None:
    segments = "(select * from customers.kpi_revenue_retention where scope_kind in ('all', 'segment'))"
    truth = company.truth["revenue_retention"]
    comparison = _compare(company, segments, "scope_id", REVENUE, truth, 1e-6)
    comparison.assert_no_difference(at_least=1500)
    whole = truth["all"]["all"]
    assert (
        min(whole[f"{part}_count"] for part in ["expansion", "contraction", "churn", "new", "returned"]) > 0
    )


def test_customers_kept_lost_and_buying_again_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    columns = f"{REPEAT} {RETENTION}".split()
    found = company.table(
        f"select scope_id, {PERIOD}, {', '.join(columns)} from customers.kpi_customer_retention"
        " where scope_kind in ('all', 'segment')",
        keys=2,
    )
    for scope, periods in company.truth["customer_retention"].items():
        for period, truth in periods.items():
            values = found[scope, period]
            comparison.each((scope, period), values[:4], truth, REPEAT)
            if period != "all":
                # nobody there at the start has no row behind it
                there = tuple(value or 0 for value in values[4:6]) + values[6:]
                comparison.each((scope, period), there, truth, RETENTION)
    comparison.assert_no_difference(at_least=700)


def test_every_segment_is_worth_what_its_customers_truly_are(company: Company) -> None:
    comparison = Comparison()
    columns = {
        "customers_count": "customers_count",
        "revenue_base": "revenue_eur",
        "costs_base": "costs_eur",
        "ltv_realised_base": "ltv_realised_eur",
        "ltv_realised_per_customer_base": "ltv_realised_per_customer_eur",
        "prospects_count": "prospects_count",
        "prospects_costs_base": "prospects_costs_eur",
    }
    found = company.table(
        f"select scope_id, {', '.join(columns)} from customers.kpi_segment_ltv where scope_kind in ('all', 'segment')",
        keys=1,
    )
    for segment, truth in company.truth["customers"]["segments"].items():
        comparison.each(segment, found.get((segment,), (None,) * 7), truth, " ".join(columns.values()), MONEY)
    comparison.assert_no_difference(at_least=28)


def test_what_a_new_customer_of_every_channel_group_costs_is_the_true_one(company: Company) -> None:
    comparison = _compare(
        company,
        "customers.kpi_acquisition_cost",
        "channel_group",
        ACQUISITION,
        company.truth["acquisition_costs"],
        MONEY,
    )
    comparison.assert_no_difference(at_least=700)


def test_what_every_channel_group_brings_is_the_true_one(company: Company) -> None:
    comparison = _compare(
        company, "marketing.kpi_channel_mix", "channel_group", MIX, company.truth["channel_mix"], SHARED_OUT
    )
    comparison.assert_no_difference(at_least=800)


def test_deals_by_channel_group_are_all_deals(company: Company) -> None:
    mix = company.one(
        "select sum(opportunities_count) from marketing.kpi_channel_mix where period_kind = 'all'"
    )
    assert mix == company.one("select count(*) from sales.fct_opportunity")


@pytest.mark.parametrize("kind", ["sourced", "influenced"])
def test_registrations_make_partners_known_that_the_crm_does_not_name(company: Company, kind: str) -> None:
    found = company.one(
        "select count(*) from sales.fct_opportunity_partner"
        " where role = ? and contains(_export_file, 'deal_registration')",
        kind,
    )
    assert found is not None and found[0] > 0
