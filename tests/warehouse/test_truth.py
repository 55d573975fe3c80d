"""The pipeline's numbers against those that the simulator counted from its own events while it simulated."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Warehouse, contents, refreshed
from tests.warehouse.truth_comparison import MONEY, PERIOD_AND_SCOPE, Company, Comparison, month, scopes


def test_win_rates_of_every_rep_and_month_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    for kind, scope_id, period, truth in scopes(company.truth["opportunities"]):
        for basis, keys in (
            ("created", "created_won_count created_count win_rate_created"),
            ("closed", "won_count closed_count win_rate_closed won_amount_eur closed_amount_eur"),
        ):
            found = company.one(
                "select won_count, n, win_rate, won_amount_base, closed_amount_base from sales.kpi_win_rate"
                f" where {PERIOD_AND_SCOPE} and basis = ?",
                month(period), kind, scope_id, basis,
            ) or (0, 0, None, 0, 0)  # fmt: skip
            comparison.each((scope_id, period, basis), found[: len(keys.split())], truth, keys)
    comparison.assert_no_difference(at_least=1000)


def test_deals_their_size_and_what_was_open_at_each_months_end_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    for kind, scope_id, period, truth in scopes(company.truth["opportunities"]):
        found = company.one(
            f"select deal_count, open_count, average_deal_size from sales.kpi_deals where {PERIOD_AND_SCOPE}",
            month(period), kind, scope_id,
        ) or (0, 0, None)  # fmt: skip
        comparison.each(
            (scope_id, period), found, truth, "won_count open_count average_deal_size_eur", tolerance=MONEY
        )
    comparison.assert_no_difference(at_least=1000)


def test_sales_cycles_by_both_clocks_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    for kind, scope_id, period, truth in scopes(company.truth["opportunities"]):
        for clock in ("created", "followup"):
            found = company.one(
                f"select from_{clock}_count, cycle_from_{clock}_mean_days, cycle_from_{clock}_median_days,"
                f" cycle_from_{clock}_p90_days from sales.kpi_sales_cycle where {PERIOD_AND_SCOPE}",
                month(period), kind, scope_id,
            ) or (0, None, None, None)  # fmt: skip
            comparison.each(
                (scope_id, period, clock), found, truth[f"cycle_from_{clock}_days"], "count mean median p90"
            )
    comparison.assert_no_difference(at_least=1000)


def test_stage_conversion_in_three_variants_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    for kind, scope_id, period, pairs in scopes(company.truth["stage_conversion"]):
        for pair, truth in pairs.items():
            found = company.one(
                "select from_count, to_count, both_count, reached_from_count, reached_to_count"
                f" from sales.kpi_stage_conversion where {PERIOD_AND_SCOPE} and from_stage_order = ?",
                month(period), kind, scope_id, int(pair.split("-")[0]),
            ) or (0, 0, 0, 0, 0)  # fmt: skip
            comparison.each(
                (scope_id, period, pair),
                found,
                truth,
                "ever_earlier ever_later both reached_earlier reached_later",
            )
    comparison.assert_no_difference(at_least=1000)


def test_leads_and_their_duplicates_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    for period, truth in company.truth["leads"].items():
        found = company.one(
            "select count(*) filter (where duplicate_of_lead_id is null),"
            " count(*) filter (where duplicate_of_lead_id is not null),"
            " count(*) filter (where duplicate_of_lead_id is null and is_won),"
            " avg(completeness_ratio) filter (where duplicate_of_lead_id is null)"
            " from sales.fct_lead where ? = 'all' or date_trunc('month', created_on) = ?::date",
            period, month(period),
        )  # fmt: skip
        comparison.each(
            period, found or (), truth, "created_count duplicates_count won_count mean_completeness"
        )
    comparison.assert_no_difference(at_least=96)


def test_revenue_and_customers_of_every_month_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    for period, truth in company.truth["revenue"].items():
        found = company.one(
            "select revenue_base, coalesce(cost_base, 0), orders_count, active_customers_count, new_customers_count,"
            " average_order_value, arpu from customers.kpi_revenue"
            " where scope_kind = 'all' and period_month is not distinct from ?::date",
            month(period),
        )
        keys = (
            "revenue_eur order_cost_eur orders_count active_customers_count new_customers_count"
            " average_order_value_eur revenue_per_customer_eur"
        )
        comparison.each(period, found or (), truth, keys, tolerance=MONEY)
    comparison.assert_no_difference(at_least=150)


def test_realised_value_of_every_customer_and_prospect_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    truth = company.truth["customers"]
    columns = "revenue_base, costs_base, ltv_realised_base, orders_count"
    query = f"select {columns} from customers.kpi_customer_ltv where customer_id = ?"
    for customer_id, expected in truth["buyers"].items():
        found = company.one(query, customer_id) or (None,) * 4
        comparison.each(customer_id, found, expected, "revenue_eur costs_eur ltv_realised_eur orders_count")
    for customer_id, expected in truth["prospects"].items():
        found = company.one(query, customer_id) or (None,) * 4
        comparison.each(customer_id, found[1:2], expected, "costs_eur")
        comparison.equal((customer_id, "orders"), found[3], 0)
    count = company.one("select count(*) from customers.kpi_customer_ltv") or (None,)
    comparison.equal("customers", count[0], len(truth["buyers"]) + len(truth["prospects"]))
    comparison.assert_no_difference(at_least=1000)


def test_what_partners_brought_and_influenced_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    names = {
        "opportunities_count": "opportunities_count",
        "deal_count": "won_count",
        "won_amount_base": "won_amount_eur",
        "average_deal_size": "average_deal_size_eur",
        "lost_to_competitor_count": "lost_to_competitor_count",
        "open_pipeline_count": "open_count",
        "open_pipeline_amount_base": "open_amount_eur",
        "win_rate": "win_rate_closed",
    }
    for partner_id, truth in company.truth["partners"].items():
        for role, prefix in (("sourced", ""), ("influenced", "influenced_")):
            columns = ", ".join(prefix + name for name in names)
            found = company.one(
                f"select {columns} from partners.kpi_partner_scorecard where partner_id = ? and period_kind = 'all'",
                partner_id,
            )
            comparison.each(
                (partner_id, role), found or (), truth[role], " ".join(names.values()), tolerance=MONEY
            )
    comparison.assert_no_difference(at_least=90)


def test_partners_and_direct_business_add_up_to_all_bookings_to_the_cent(company: Company) -> None:
    parts = company.one(
        "select sum(won_amount_base), sum(deal_count) from partners.kpi_partner_scorecard where period_kind = 'all'"
    )
    whole = company.one(
        "select won_amount_base, deal_count from sales.kpi_deals where period_kind = 'all' and scope_kind = 'all'"
    )
    assert parts == whole


def test_spend_and_platform_conversions_of_every_campaign_and_month_are_the_true_ones(
    company: Company,
) -> None:
    comparison = Comparison()
    for platform, campaigns in company.truth["ads"].items():
        for campaign_id, periods in campaigns.items():
            for period, truth in periods.items():
                found = company.one(
                    "select spend_base, conversions, attributed_amount_base from marketing.kpi_roas"
                    " where level = ? and platform = ? and level_id = ? and model = 'platform'"
                    " and period_month is not distinct from ?::date",
                    "all" if platform == "all" else "campaign", platform, campaign_id, month(period),
                )  # fmt: skip
                keys = "spend_eur platform_conversions conversion_value_eur"
                comparison.each((platform, campaign_id, period), found or (None,) * 3, truth, keys)
    comparison.assert_no_difference(at_least=300)


def test_attribution_by_three_models_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    truth = company.truth["attribution"]
    for model, channels in truth["models"].items():
        for channel, expected in channels.items():
            found = company.one(
                "select coalesce(sum(weight), 0), coalesce(sum(attributed_amount_base), 0)"
                " from marketing.fct_attribution where model = ? and channel = ?",
                model, channel,
            )  # fmt: skip
            comparison.each((model, channel), (found or ())[:1], expected, "conversions")
            # shares are rounded to four digits by touch
            comparison.each((model, channel), (found or ())[1:], expected, "amount_eur", tolerance=0.01)
    found = company.one(
        "select count(distinct journey_id), count(*) from marketing.fct_touchpoint where converted"
    )
    comparison.each("journeys", found or (), truth, "attributed_orders_count touches_of_orders_count")
    total = company.one(
        "select sum(attributed_amount_base) from marketing.fct_attribution where model = 'linear'"
    )
    comparison.equal("attributed revenue", (total or (None,))[0], truth["attributed_revenue_eur"], 1e-6)
    comparison.assert_no_difference(at_least=60)


@pytest.mark.slow
def test_the_same_seeds_give_the_same_tables_to_the_last_digit(
    sample: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert contents(refreshed(tmp_path_factory.mktemp("again"))) == contents(sample)


def test_the_committed_seeds_are_small_enough_to_clone() -> None:
    root = Path(__file__).resolve().parents[2]
    assert sum(file.stat().st_size for file in root.glob("seeds/**/*.csv")) < 6_000_000
