"""What the names of published columns promise, table by table: proportions, intervals, periods, scopes, addresses."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from tests.conftest import Warehouse

NO_PROPORTIONS = {
    # the catalogue calls growth a rate; it is a quotient of two months
    "sales.kpi_leads.lead_growth_rate",
    # a term of the contract, not an observation
    "partners.dim_partner.commission_rate",
    # the rate of the row below, where its interval stands
    "service.kpi_response_lift.next_band_qualified_rate",
    "service.kpi_response_lift.next_band_won_rate",
    # flags of cohorts
    "sales.fct_lead.is_close_rate_mature",
    "sales.fct_opportunity.is_win_rate_mature",
}
SUMS_OF_RECORDS = {
    # several records make one row: an ad's days and other costs; the visits of a deal
    "marketing.fct_campaign_cost",
    "sales.fct_opportunity_stage_pair",
}


@pytest.fixture
def release(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with sample.release() as database:
        yield database


def test_every_proportion_has_both_bounds_of_its_interval(columns: dict[str, set[str]]) -> None:
    missing = [
        f"{table}.{column}{bound}"
        for table, names in columns.items()
        for column in names
        for bound in ("_low", "_high")
        if ("_rate_" in f"{column}_" and not column.endswith(("_low", "_high")))
        and f"{table}.{column}" not in NO_PROPORTIONS
        and f"{column}{bound}" not in names
    ]
    assert not missing


def test_no_other_quotient_pretends_to_have_an_interval(columns: dict[str, set[str]]) -> None:
    bounds = {f"{table}.{column}" for table, names in columns.items() for column in names}
    assert not [column for column in sorted(bounds) if column.endswith(("_ratio_low", "_ratio_high"))]


def test_every_proportion_lies_within_its_interval_and_between_0_and_1(
    release: duckdb.DuckDBPyConnection, columns: dict[str, set[str]]
) -> None:
    faults = []
    for table, names in columns.items():
        for name in names:
            if f"{name}_low" not in names or "_rate_" not in f"{name}_":
                continue
            (count,) = release.execute(
                f"select count(*) from {table} where ({name} is null) <> ({name}_low is null)"
                f" or ({name} is null) <> ({name}_high is null)"
                f" or not (0 <= {name}_low and {name}_low <= {name} + 1e-9 and {name} <= {name}_high + 1e-9 and {name}_high <= 1)"
            ).fetchone() or (0,)
            faults += [f"{table}.{name}: {count} rows"] if count else []
    assert not faults


def test_every_fact_says_which_record_of_which_file_it_comes_from(columns: dict[str, set[str]]) -> None:
    facts = {table for table in columns if table.split(".")[1].startswith("fct_")} - SUMS_OF_RECORDS
    assert len(facts) > 20
    assert [
        table for table in sorted(facts) if not {"_export_file", "_export_record"} <= columns[table]
    ] == []


def test_every_table_by_scope_has_the_row_of_the_whole_company(
    release: duckdb.DuckDBPyConnection, columns: dict[str, set[str]]
) -> None:
    """Targets and rankings apart: they have a scope each, and nobody is ranked against the company."""
    cut = [
        table
        for table, names in columns.items()
        if table.split(".")[1].startswith("kpi_")
        and "scope_kind" in names
        and table not in ("management.kpi_leaderboard", "management.kpi_target_attainment")
    ]
    assert len(cut) > 15
    for table in cut:
        (count,) = release.execute(
            f"select count(*) from {table} where scope_kind = 'all' and scope_id = 'all'"
        ).fetchone() or (0,)
        assert count, table


def test_tables_by_period_know_months_and_all_and_only_months_have_a_date(
    release: duckdb.DuckDBPyConnection, columns: dict[str, set[str]]
) -> None:
    # a waterfall starts anew each month: no period 'all'
    only_months = {"sales.kpi_pipeline_movement"}
    for table, names in columns.items():
        if not table.split(".")[1].startswith("kpi_") or not {"period_kind", "period_month"} <= names:
            continue
        kinds = {
            kind: (rows, dated, first_days)
            for kind, rows, dated, first_days in release.execute(
                "select period_kind, count(*), count(period_month), count(*) filter (where day(period_month) = 1)"
                f" from {table} group by period_kind"
            ).fetchall()
        }
        assert {"month"} | ({"all"} - {"all" for _ in only_months & {table}}) <= set(kinds), table
        for kind, (rows, dated, first_days) in kinds.items():
            assert dated == (0 if kind == "all" else rows), (table, kind)
            assert first_days == dated, (table, kind)


def test_every_rate_is_its_numerator_by_its_denominator(release: duckdb.DuckDBPyConnection) -> None:
    """Written out for the tables whose columns do not say by their names what is divided by what."""
    quotients = {
        "sales.kpi_close_rate": [
            ("close_rate", "won_count", "leads_count"),
            ("close_rate_year_before", "won_count_year_before", "leads_count_year_before"),
        ],
        "sales.kpi_stage_conversion": [
            ("both_rate", "both_count", "from_count"),
            ("reached_rate", "reached_to_count", "reached_from_count"),
            ("ever_ratio", "to_count", "from_count"),
            ("team_both_rate", "team_both_count", "team_from_count"),
            ("team_reached_rate", "team_reached_to_count", "team_reached_from_count"),
            ("team_ever_ratio", "team_to_count", "team_from_count"),
        ],
        "sales.kpi_win_rate": [
            ("win_rate", "won_count", "n"),
            ("mature_win_rate", "mature_won_count", "mature_n"),
        ],
        "partners.kpi_partner_scorecard": [
            ("win_rate", "deal_count", "closed_count"),
            ("close_rate", "won_leads_count", "leads_count"),
            ("deal_success_rate", "qualified_won_count", "qualified_count"),
            ("influenced_win_rate", "influenced_deal_count", "influenced_closed_count"),
        ],
        "customers.kpi_acquisition_cost": [
            ("monthly_churn_rate", "lost_customers_count", "customers_at_start_count")
        ],
        "service.kpi_response_time": [
            ("within_1h_rate", "within_1h_count", "mature_requests_count"),
            ("within_24h_rate", "within_24h_count", "mature_requests_count"),
            ("unanswered_rate", "mature_unanswered_count", "mature_requests_count"),
        ],
        "service.kpi_service_quality": [
            ("first_contact_resolution_rate", "first_contact_resolved_count", "contacts_known_count"),
            ("surveyed_resolution_rate", "resolution_confirmed_count", "resolution_answers_count"),
            ("value_added_call_rate", "value_added_calls_count", "connected_calls_count"),
            ("satisfied_rate", "satisfied_count", "satisfaction_answers_count"),
            ("nps_ratio", "promoters_count - detractors_count", "nps_answers_count"),
        ],
    }
    for table, rules in quotients.items():
        for value, numerator, denominator in rules:
            (rows, wrong) = release.execute(
                f"select count(*) filter (where {denominator} > 0), count(*) filter (where"
                f" ({denominator} > 0 and ({value} is null or abs({value} - ({numerator}) / ({denominator})) > 1e-9))"
                f" or (coalesce({denominator}, 0) = 0 and {value} is not null)) from {table}"
            ).fetchone() or (0, 0)
            assert rows > 0, (table, value)
            assert wrong == 0, (table, value)
