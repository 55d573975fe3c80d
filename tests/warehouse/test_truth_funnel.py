"""Leads, stages, losses and cycles: the tables against the simulator's own counts."""

from __future__ import annotations

from typing import Any

from tests.warehouse.truth_comparison import PERIOD, SCOPES, Company, Comparison, scopes


def test_leads_their_growth_and_completeness_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD},
               leads_created_count, duplicates_count, previous_month_leads_count, lead_growth_rate,
               completeness_mean_ratio,
               complete_leads_count, complete_opportunities_count, complete_opportunity_rate,
               partial_leads_count, partial_opportunities_count, partial_opportunity_rate,
               poor_leads_count, poor_opportunities_count, poor_opportunity_rate
        from sales.kpi_leads where {SCOPES}""",
        keys=3,
    )
    keys = "created_count duplicates_count previous_month_count growth_ratio mean_completeness"
    expected = with_leads(company.truth["lead_funnel"])
    for key, truth in expected.items():
        found = table.get(key, (None,) * 14)
        comparison.each(key, found[:5], truth, keys)
        for number, (band, told) in enumerate(truth["bands"].items()):
            columns = found[5 + number * 3 : 8 + number * 3]
            comparison.each((*key, band), columns, told, "leads_count opportunities_count opportunity_rate")
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=4000)


def test_the_time_from_lead_to_customer_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD},
               customers_count, lead_to_customer_mean_days, lead_to_customer_p50_days,
               lead_to_customer_p90_days,
               mature_leads_count, won_by_day_30_count, won_by_day_90_count, won_by_day_180_count
        from sales.kpi_leads where {SCOPES}""",
        keys=3,
    )
    for key, truth in with_leads(company.truth["lead_funnel"]).items():
        found = table.get(key, (None,) * 8)
        comparison.each(key, found[:4], truth["lead_to_customer_days"], "count mean median p90")
        comparison.each(
            key,
            found[4:],
            truth["matured"],
            "leads_count won_by_day_30_count won_by_day_90_count won_by_day_180_count",
        )
    comparison.assert_no_difference(at_least=2000)


def with_leads(truth: dict[str, Any]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The truth by scope and period, without reps to whom no lead ever came: the table leaves them out."""
    return {
        (kind, scope_id, period): values
        for kind, scope_id, period, values in scopes(truth)
        if truth[scope_id]["all"]["created_count"] + truth[scope_id]["all"]["duplicates_count"]
    }


def test_close_rates_of_every_cohort_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD}, leads_count, won_count, close_rate, mature_leads_count,
               mature_won_count, leads_count_year_before, won_count_year_before
        from sales.kpi_close_rate where {SCOPES}""",
        keys=3,
    )
    keys = "leads_count won_count close_rate mature_leads_count mature_won_count"
    expected = {}
    for kind, scope_id, period, truth in scopes(company.truth["close_rates"]):
        key = kind, scope_id, period
        expected[key] = truth
        found = table.get(key, (0, 0, None, 0, 0, None, None))
        comparison.each(key, found[:5], truth, keys)
        # a rep's month without leads has no row for the year after to look back at
        if kind == "all" or (key in table and truth["leads_count_year_before"] != 0):
            comparison.each(key, found[5:], truth, "leads_count_year_before won_count_year_before")
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=2000)


def test_reasons_competitors_and_stages_of_lost_deals_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD}, loss_reason, competitor, stage, lost_count, lost_amount_base,
               all_lost_count
        from sales.kpi_loss_reasons where {SCOPES}""",
        keys=6,
    )
    expected = {
        (kind, scope_id, period, reason, competitor, stage): truth
        for kind, scope_id, period, reasons in scopes(company.truth["loss_reasons"])
        for reason, competitors in reasons.items()
        for competitor, stages in competitors.items()
        for stage, truth in stages.items()
    }
    for key, truth in expected.items():
        found = table.get(key, (None,) * 3)
        comparison.each(key, found[:2], truth, "lost_count lost_amount_eur")
        lost = company.truth["opportunities"][key[1]][key[2]]["lost_count"]
        comparison.equal((*key, "all lost"), found[2], lost)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=1000)


def test_stays_in_every_stage_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD}, stage, visits_count, open_visits_count, reentries_count,
               visits_after_skip_count, visits_count - open_visits_count,
               dwell_mean_days, dwell_p50_days, dwell_p90_days
        from sales.kpi_stage_dwell where {SCOPES}""",
        keys=4,
    )
    expected = {
        (kind, scope_id, period, stage): truth
        for kind, scope_id, period, stages in scopes(company.truth["stage_dwell"])
        for stage, truth in stages.items()
    }
    for key, truth in expected.items():
        found = table.get(key, (None,) * 8)
        comparison.each(
            key, found[:4], truth, "stays_count open_stays_count reentries_count after_skip_count"
        )
        comparison.each(key, found[4:], truth["days"], "count mean median p90")
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=5000)


def test_the_chance_to_have_won_by_a_day_is_the_textbooks(company: Company) -> None:
    comparison = Comparison()
    for scope_id, days in company.truth["sales_cycle_curve"].items():
        for day, truth in days.items():
            found = company.one(
                "select coalesce(min_by(at_risk_count, day) filter (day >= ?), 0),"
                " coalesce(max_by(won_incidence, day) filter (day <= ?), 0),"
                " coalesce(max_by(lost_incidence, day) filter (day <= ?), 0),"
                " coalesce(max_by(open_share, day) filter (day <= ?), 1)"
                " from sales.kpi_sales_cycle_curve where scope_id = ? and scope_kind = ?",
                *[int(day)] * 4, scope_id, "all" if scope_id == "all" else "rep",
            )  # fmt: skip
            keys = "at_risk_count won_incidence lost_incidence open_share"
            comparison.each((scope_id, day), found or (None,) * 4, truth, keys)
    scope_ids = company.table(f"select distinct scope_id from sales.kpi_sales_cycle_curve where {SCOPES}", 1)
    comparison.nothing_else((key[0] for key in scope_ids), company.truth["sales_cycle_curve"])
    comparison.assert_no_difference(at_least=200)
