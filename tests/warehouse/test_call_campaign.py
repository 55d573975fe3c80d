"""A company that exports nothing but a list of calls, each with a yes or a no: calls and deals come from one file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.conftest import Warehouse, refreshed, write_exports

pytestmark = pytest.mark.slow

MAPPING = """\
version: 1
vars: {reporting_time_zone: Europe/Lisbon, as_of: "2024-12-31"}
objects:
  activity:
    files: "campaign.csv"
    columns:
      activity_id: {record: true}
      kind: {constant: call}
      account_id: client
      rep_id: agent
      occurred_at: called
      duration_seconds: seconds
      outcome: y
  opportunity:
    files: "campaign.csv"
    only_rows: {y: ["yes"]}
    columns:
      opportunity_id: {record: true}
      account_id: client
      owner_id: agent
      created_at: called
      closed_at: called
      outcome: {constant: won}
"""


def campaign() -> str:
    """500 calls in March; 14 clients said yes, two of them at the second call; every tenth call reached nobody."""
    lines = ["client,agent,called,seconds,y"]
    for number in range(500):
        called = date(2024, 3, 1) + timedelta(days=number % 27)
        # calls 28 and 30 are second calls to clients who said no the day before
        client = number - 28 if number in (28, 30) else number
        yes = number in (28, 30) or 100 <= number < 112
        agent = "cem" if number >= 480 else "ann" if number % 2 else "bob"
        lines.append(f"c{client},{agent},{called},{0 if number % 10 == 5 else 90},{'yes' if yes else 'no'}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("campaign")
    return refreshed(folder, write_exports(folder / "exports", MAPPING, {"campaign.csv": campaign()}))


def test_a_yes_on_the_day_of_the_call_is_a_conversion_of_that_call(company: Warehouse) -> None:
    row = company.one(
        """
        select outbound_calls_count, opportunities_count, opportunities_per_1000, won_count,
               round(opportunities_per_1000_low), round(opportunities_per_1000_high), status, is_mature
        from service.kpi_call_conversion where period_kind = 'all' and scope_kind = 'all'"""
    )
    assert row == (500, 14, 28.0, 14, 17.0, 46.0, "watch", True)


def test_each_agent_has_calls_and_conversions_by_day(company: Warehouse) -> None:
    rows = company.rows(
        """
        select rep_id, sum(calls_count), sum(connected_calls_count), sum(opportunities_count), sum(won_count),
               sum(value_added_calls_count), sum(recontactable_count)
        from service.kpi_activity_daily group by rep_id order by rep_id"""
    )
    # calls that lasted no second are numbers 5, 15, 25, ...: 48 of ann's and two of cem's
    assert rows == [
        ("ann", 240, 192, 6, 6, None, 0),
        ("bob", 240, 240, 8, 8, None, 0),
        ("cem", 20, 18, 0, 0, None, 0),
    ]


def test_agents_whom_no_export_lists_have_a_row(company: Warehouse) -> None:
    assert company.rows("select rep_id, is_listed from sales.dim_rep order by rep_id") == [
        ("ann", False),
        ("bob", False),
        ("cem", False),  # who owns no deal
    ]


def test_without_contents_and_trainings_their_tables_are_empty(company: Warehouse) -> None:
    for table in ("fct_content_use", "fct_training", "kpi_content_effect", "kpi_training_effect"):
        assert company.one(f"select count(*) from management.{table}") == (0,), table
