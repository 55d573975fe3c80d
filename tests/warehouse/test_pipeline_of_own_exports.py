"""The pipeline of a company whose CRM exports no change history: told by the files that it exported day by day, or not at all."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Warehouse, refreshed, write_exports

pytestmark = pytest.mark.slow

MAPPING = """\
version: 1
vars: {reporting_currency: EUR, reporting_time_zone: Europe/Istanbul%s}
objects:
  opportunity:
    files: "deals_*.csv"
    columns: {opportunity_id: id, owner_id: rep, stage: stage, outcome: outcome, amount: amount, created_at: created, closed_at: closed, expected_close_on: due}
"""
HEADER = "id,rep,stage,outcome,amount,created,closed,due\n"
# Each file says how the deals stood on its day; `late` was there all the time and is seen in February only.
FILES = {
    "deals_1.csv": HEADER
    + "grown,Ana,Prospecting,open,100,2024-01-05,,2024-02-20\n"
    + "gone,Ana,Prospecting,open,40,2024-01-05,,2024-02-25\n",
    "deals_2.csv": HEADER
    + "grown,Bo,Proposal,open,150,2024-01-05,,2024-02-20\n"
    + "gone,Ana,Prospecting,open,40,2024-01-05,,2024-02-25\n"
    + "late,Ana,Prospecting,open,70,2024-01-08,,2024-02-28\n",
    "deals_3.csv": HEADER
    + "grown,Bo,Won,won,160,2024-01-05,2024-02-22,2024-02-22\n"
    + "gone,Ana,Lost,lost,40,2024-01-05,2024-03-01,2024-03-01\n"
    + "late,Ana,Prospecting,open,70,2024-01-08,,2024-02-28\n",
}
WRITTEN = {"deals_1.csv": (2024, 1, 10), "deals_2.csv": (2024, 2, 10), "deals_3.csv": (2024, 3, 5)}


def company_of(folder: Path, extra_vars: str = "") -> Warehouse:
    exports = write_exports(folder / "exports", MAPPING % extra_vars, FILES)
    for name, (year, month, day) in WRITTEN.items():
        noon = datetime(year, month, day, 12, tzinfo=UTC).timestamp()
        os.utime(exports / name, (noon, noon))
    return refreshed(folder, exports)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return company_of(tmp_path_factory.mktemp("daily"))


def state(company: Warehouse, deal: str, day: str) -> tuple[object, ...] | None:
    rows = company.rows(
        "select is_known, stage, amount_base, owner_id from sales.fct_pipeline_daily"
        " where opportunity_id = ? and as_of_on = ?::date",
        [deal, day],
    )
    return rows[0] if rows else None


def test_a_day_before_the_first_file_is_open_and_unknown(company: Warehouse) -> None:
    assert state(company, "grown", "2024-01-09") == (False, None, None, "Ana")
    assert state(company, "late", "2024-01-31") == (False, None, None, "Ana")


def test_a_day_has_the_state_of_the_last_file_and_not_of_today(company: Warehouse) -> None:
    assert state(company, "grown", "2024-01-10") == (True, "Prospecting", Decimal(100), "Ana")
    assert state(company, "grown", "2024-02-09") == (True, "Prospecting", Decimal(100), "Ana")
    assert state(company, "grown", "2024-02-10") == (True, "Proposal", Decimal(150), "Bo")
    assert state(company, "grown", "2024-02-21") == (True, "Proposal", Decimal(150), "Bo")
    assert state(company, "grown", "2024-02-22") is None


def test_the_month_end_says_how_much_of_it_is_unknown(company: Warehouse) -> None:
    january = company.one(
        "select open_count, unknown_open_count, is_known, open_amount_base from sales.kpi_pipeline"
        " where scope_kind = 'all' and stage = 'all' and age_band = 'all' and period_month = '2024-01-01'"
    )
    assert january == (3, 1, False, Decimal(140))


def test_the_waterfall_of_february_adds_up_with_what_was_first_seen(company: Warehouse) -> None:
    assert company.one(
        "select start_amount_base, first_seen_amount_base, increased_amount_base, transferred_in_amount_base,"
        " won_amount_base, lost_amount_base, end_amount_base, difference_amount_base from sales.kpi_pipeline_movement"
        " where scope_kind = 'all' and period_month = '2024-02-01'"
    ) == (140, 70, 50, 100, 150, 0, 110, 0)


def test_the_targets_of_the_sample_company_are_not_those_of_another(company: Warehouse) -> None:
    assert company.rows(
        "select distinct won_target_amount_base, pipeline_coverage_ratio from sales.kpi_pipeline"
    ) == [(None, None)]


def test_going_back_in_time_gives_what_that_day_knew(tmp_path: Path) -> None:
    then = company_of(tmp_path, ", as_of: 2024-01-31")
    assert then.one("select max(as_of_on)::varchar from sales.fct_pipeline_daily") == ("2024-01-31",)
    assert state(then, "grown", "2024-01-31") == (True, "Prospecting", Decimal(100), "Ana")
    assert state(then, "late", "2024-01-31") == (False, None, None, "Ana")


def test_a_single_export_knows_its_own_day_only(tmp_path: Path) -> None:
    mapping = (MAPPING % "").replace("deals_*.csv", "deals_3.csv")
    company = refreshed(
        tmp_path, write_exports(tmp_path / "exports", mapping, {"deals_3.csv": FILES["deals_3.csv"]})
    )
    # the file was copied today, and tells of the first of March, the last thing that happened
    assert state(company, "late", "2024-02-29") == (False, None, None, "Ana")
    assert state(company, "late", "2024-03-01") == (True, "Prospecting", Decimal(70), "Ana")
    assert state(company, "grown", "2024-02-21") == (False, None, None, "Bo")


def test_a_file_that_is_replaced_day_by_day_tells_as_much_as_files_that_are_kept(
    company: Warehouse, tmp_path: Path
) -> None:
    mapping = (MAPPING % "").replace("deals_*.csv", "deals_now.csv")
    for name, (year, month, day) in WRITTEN.items():
        exports = write_exports(tmp_path / "exports", mapping, {"deals_now.csv": FILES[name]})
        noon = datetime(year, month, day, 12, tzinfo=UTC).timestamp()
        os.utime(exports / "deals_now.csv", (noon, noon))
        replaced = refreshed(tmp_path, exports)
    days = (
        "select opportunity_id, as_of_on, is_known, stage, amount_base, owner_id from sales.fct_pipeline_daily"
        " order by opportunity_id, as_of_on"
    )
    assert replaced.rows(days) == company.rows(days)
