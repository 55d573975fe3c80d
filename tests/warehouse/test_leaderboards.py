"""Leaderboards hold every rate of reps, teams and partners, and say the same in whatever order rows come."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import duckdb
import pytest

from tests.conftest import Warehouse
from tests.warehouse.compiled_warehouse import CompiledWarehouse

CONTESTS = "('rep', 'team', 'partner')"
PLACE = "kpi_id, part, period_kind, period_month, scope_kind, scope_id, rank, tie_group, ties_with_first"
# Tables that hold several kinds of one column: a KPI of its own for each.
KINDS = {"sales.kpi_win_rate": ("basis = 'closed'", "basis = 'created'")}
# Columns with an interval that have no leaderboard of their own, and why.
WITHOUT_A_LEADERBOARD = {
    "sales.kpi_close_rate.close_rate": "young cohorts count in it: mature_close_rate is ranked",
    "sales.kpi_win_rate.win_rate where basis = 'created'": "young cohorts count in it: mature_win_rate is ranked",
    "sales.kpi_loss_reasons.share_rate": "how losses are spread over reasons: neither more nor less is better",
    "service.kpi_call_conversion.opportunities_per_1000": "young months count in it: the mature one is ranked",
    "service.kpi_call_conversion.won_per_1000": "young months count in it: the mature one is ranked",
    "partners.kpi_partner_scorecard.close_rate": "young cohorts count in it: close_rate of scope partner is ranked",
    "sales.kpi_close_rate.close_rate_year_before": "the same month a year before, beside which the rate of today stands",
    "sales.kpi_stage_conversion.team_both_rate": "the average of the rep's team, beside the rep",
    "sales.kpi_stage_conversion.team_reached_rate": "the average of the rep's team, beside the rep",
    "management.kpi_training_effect.before": "a rep beside himself at another time",
    "management.kpi_training_effect.after": "a rep beside himself at another time",
}


def contestants(columns: set[str]) -> str | None:
    """SQL of period and scope for a table about reps, teams or partners."""
    period = "period_kind, period_month"
    if "period_kind" not in columns:
        period = "'all' as period_kind, cast(null as date) as period_month"
    if {"scope_kind", "scope_id"} <= columns:
        return f"{period}, scope_kind, scope_id"
    for kind in ("rep", "partner"):
        if f"{kind}_id" in columns:
            return f"{period}, '{kind}' as scope_kind, {kind}_id as scope_id"
    return None


def columns_with_an_interval(release: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str, str, str]]:
    """(table, column, SQL of its contestants, SQL of its rows) of every column x with x_low and x_high."""
    tables = release.execute(
        "select schema_name || '.' || table_name, list(column_name) from duckdb_columns()"
        " where table_name like 'kpi~_%' escape '~' and schema_name <> 'management' or table_name = 'kpi_training_effect'"
        " group by all order by all"
    ).fetchall()
    for table, names in tables:
        contest = contestants(set(names))
        for name in sorted(names):
            if contest and {f"{name}_low", f"{name}_high"} <= set(names):
                for rows in KINDS.get(table, ("true",)):
                    yield table, name, contest, rows


def is_ranked(
    release: duckdb.DuckDBPyConnection, table: str, column: str, contest: str, rows: str
) -> bool | None:
    """Whether one KPI of the leaderboards has every value of the column with its interval; None: it has none to rank."""
    told, matched = release.execute(
        f"""
        with told as (
            select row_number() over () as number, {contest}, "{column}" as value, "{column}_low" as low, "{column}_high" as high
            from {table} where {rows}
        ),
        ranked as (
            select * from told
            where value is not null and low is not null and scope_kind in {CONTESTS} and scope_id not in ('unknown', 'direct')
        ),
        found as (
            select board.kpi_id, count(distinct ranked.number) as matched
            from ranked inner join management.kpi_leaderboard as board
                on ranked.scope_kind = board.scope_kind and ranked.scope_id = board.scope_id
                and ranked.period_kind = board.period_kind and ranked.period_month is not distinct from board.period_month
                and abs(ranked.value - board.value) < 1e-9 and abs(ranked.low - board.low) < 1e-9
                and abs(ranked.high - board.high) < 1e-9 and board.rank is not null
            group by board.kpi_id
        )
        select (select count(*) from ranked), (select max(matched) from found)"""
    ).fetchall()[0]
    return None if told == 0 else told == matched


def test_every_rate_of_reps_teams_or_partners_has_a_leaderboard(sample: Warehouse) -> None:
    with sample.release() as release:
        judged = {
            f"{table}.{column}" + (f" where {rows}" if rows != "true" else ""): is_ranked(
                release, table, column, contest, rows
            )
            for table, column, contest, rows in columns_with_an_interval(release)
        }
    of_contestants = {name: ranked for name, ranked in judged.items() if ranked is not None}
    assert len(of_contestants) > 30
    assert {name for name, ranked in of_contestants.items() if not ranked} == set(WITHOUT_A_LEADERBOARD)


@pytest.mark.parametrize("order", ["hash(scope_id, value)", "n, value desc, scope_id desc"])
def test_places_and_tie_groups_do_not_depend_on_the_order_of_rows(sample: Warehouse, order: str) -> None:
    compiled = CompiledWarehouse(sample)
    (model,) = (node for node in compiled.models if node["name"] == "kpi_leaderboard")
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as kpi")
        connection.execute(f"attach '{sample.paths.current / 'kpi.duckdb'}' as release (read_only)")
        connection.execute("create schema kpi.management")
        connection.execute(
            "create table kpi.management.kpi_dictionary as from release.management.kpi_dictionary"
        )
        connection.execute(
            f"create table kpi.management.kpi_value as from release.management.kpi_value order by {order}"
        )
        connection.execute("use kpi")
        connection.execute(f"create table again as {compiled.sql(model)}")
        differing = connection.execute(
            f"select count(*) from (select {PLACE} from again except select {PLACE} from release.management.kpi_leaderboard)"
        ).fetchone()
        rows = connection.execute("select count(*) from again").fetchone()
    assert differing == (0,)
    assert rows is not None and rows[0] > 20_000


def test_ranks_follow_the_cautious_end_and_ties_with_first_is_an_overlap_with_the_best(
    sample: Warehouse,
) -> None:
    rows = sample.rows(
        "select kpi_id, part, period_kind, period_month, scope_kind, case direction when 'higher' then low else -high end,"
        " case direction when 'higher' then high else -low end, rank, tie_group, ties_with_first"
        " from management.kpi_leaderboard where low is not null order by all"
    )
    contests: dict[tuple[object, ...], list[tuple[float, float, int, int, bool]]] = {}
    for *contest, low, high, rank, group, ties in rows:
        contests.setdefault(tuple(contest), []).append((low, high, rank, group, ties))
    for contest, entrants in contests.items():
        ordered = sorted(entrants, key=lambda entrant: entrant[2])
        best = max(low for low, *_ in entrants)
        assert ordered[0][0] == best, contest
        for (low, high, _, group, ties), (next_low, _, _, next_group, _) in pairwise(ordered):
            assert low >= next_low, contest
            assert ties == (high >= best), contest
            assert next_group - group in (0, 1), contest
    assert len(contests) > 1000
