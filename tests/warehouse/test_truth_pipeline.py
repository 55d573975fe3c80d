"""The pipeline: what was open and what moved it, against the simulator's own counts."""

from __future__ import annotations

import itertools
from decimal import Decimal

from tests.warehouse.truth_comparison import PERIOD, SCOPES, Company, Comparison, scopes

TERMS = (
    "start", "created", "reopened", "pulled_in", "increased", "transferred_in", "decreased", "pushed_out",
    "transferred_out", "deleted", "lost", "won", "end",
)  # fmt: skip


def test_the_pipeline_at_every_months_end_by_stage_and_owner_of_the_day_is_the_true_one(
    company: Company,
) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD}, stage, open_count, open_amount_base, unknown_open_count
        from sales.kpi_pipeline where {SCOPES} and age_band = 'all' and period_kind = 'month'""",
        keys=4,
    )
    expected = {}
    for kind, scope_id, period, stages in scopes(company.truth["open_pipeline"]):
        for stage, truth in stages.items():
            key = kind, scope_id, period, stage
            expected[key] = truth
            found = table.get(key, (0, 0, 0))
            comparison.each(key, found[:2], truth, "open_count open_amount_eur")
            comparison.equal((*key, "unknown"), found[2], 0)
    comparison.nothing_else((key for key, row in table.items() if row[0]), expected)
    comparison.assert_no_difference(at_least=2000)


def test_the_change_against_the_month_before_is_that_of_the_true_pipelines(company: Company) -> None:
    comparison = Comparison()
    truth = company.truth["open_pipeline"]["all"]
    table = company.table(
        f"""
        select {PERIOD}, open_change_count, open_change_amount_base from sales.kpi_pipeline
        where scope_kind = 'all' and stage = 'all' and age_band = 'all' and period_kind = 'month'""",
        keys=1,
    )
    months = sorted(truth)
    for before, month in itertools.pairwise(months):
        now, then = truth[month]["all"], truth[before]["all"]
        change = Decimal(now["open_amount_eur"]) - Decimal(then["open_amount_eur"])
        comparison.equal((month, "count"), table[month,][0], now["open_count"] - then["open_count"])
        comparison.equal((month, "amount"), table[month,][1], change)
    comparison.assert_no_difference(at_least=40)


def test_every_term_of_the_waterfall_of_every_month_and_owner_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    columns = ", ".join(f"{term}_count, {term}_amount_base" for term in TERMS)
    table = company.table(
        f"select scope_kind, scope_id, {PERIOD}, {columns} from sales.kpi_pipeline_movement where {SCOPES}",
        keys=3,
    )
    keys = " ".join(f"{term}_count {term}_amount_eur" for term in TERMS)
    expected = {}
    for kind, scope_id, period, truth in scopes(company.truth["pipeline_movement"]):
        key = kind, scope_id, period
        expected[key] = truth
        comparison.each(key, table.get(key, (0,) * 2 * len(TERMS)), truth, keys)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=10_000)


def test_every_kind_of_movement_occurs(company: Company) -> None:
    occurring = company.table(
        "select 1, "
        + ", ".join(f"sum({term}_count)" for term in TERMS)
        + " from sales.kpi_pipeline_movement",
        keys=1,
    )[1,]
    # the few deals that the sample company deletes were lost or overdue by then
    missing = {term for term, total in zip(TERMS, occurring, strict=True) if not total}
    assert missing <= {"deleted"}


def test_the_first_owner_of_a_deal_that_changed_hands_has_it_until_then(company: Company) -> None:
    found = company.one(
        "select count(*) from sales.fct_pipeline_daily as day join sales.fct_opportunity as deal"
        " using (source_system, opportunity_id) where day.owner_id <> deal.owner_id"
    )
    assert found is not None
    assert found[0] > 100
