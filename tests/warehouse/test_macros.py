"""The arithmetic and the casts that every model shares, tried on single values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT, Warehouse


@pytest.fixture(scope="module")
def value(sample: Warehouse) -> Iterator[Callable[..., Any]]:
    """Renders a macro call through dbt and evaluates it in DuckDB."""
    from dbt.cli.main import dbtRunner

    from orchestration.dbt_project import close_connections, parse

    runner = dbtRunner(manifest=parse(sample.paths).handle)
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute("set timezone = 'UTC'")

    def evaluate(call: str, source: str = "", **dbt_vars: str) -> Any:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("KPI_BUILD_DIR", str(sample.paths.build_dir))
            patch.chdir(ROOT)
            outcome = runner.invoke([
                "compile", "--inline", "select {{ " + call + " }}" + source, "--target-path", str(sample.paths.target_dir),
                "--profiles-dir", str(ROOT), "--log-level", "none", "--log-level-file", "none",
                "--vars", str(dbt_vars), "--no-write-json", "--no-populate-cache",  # a third of the time
            ])  # fmt: skip
        assert outcome.success, outcome.exception
        sql = outcome.result.results[0].node.compiled_code
        return connection.execute(sql).fetchall()[0][0]

    yield evaluate
    close_connections()


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The interval by the textbook (Wilson 1927), z = 1.96."""
    z, p = 1.96, successes / trials
    centre = p + z * z / (2 * trials)
    spread = z * math.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    return (centre - spread) / (1 + z * z / trials), (centre + spread) / (1 + z * z / trials)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(2, 2, 0.342, 1.0), (18, 30, 0.423, 0.754), (14, 500, 0.017, 0.046)],
)
def test_wilson_intervals_are_those_of_the_catalogue(
    value: Callable[..., Any], successes: int, trials: int, low: float, high: float
) -> None:
    found = value(f"wilson_low('{successes}', '{trials}')"), value(f"wilson_high('{successes}', '{trials}')")
    assert tuple(round(bound, 3) for bound in found) == (low, high)
    assert found == pytest.approx(wilson(successes, trials), abs=1e-12)


def test_eighteen_of_thirty_rank_before_two_of_two(value: Callable[..., Any]) -> None:
    assert value("wilson_low('18', '30')") > value("wilson_low('2', '2')")


def test_a_zero_denominator_gives_null_and_not_zero(value: Callable[..., Any]) -> None:
    assert value("divide('0', '0')") is None
    assert value("divide('5', '0')") is None
    assert value("wilson_low('0', '0')") is None
    assert value("wilson_high('0', '0')") is None


def test_days_between_counts_from_the_earlier_to_the_later(value: Callable[..., Any]) -> None:
    assert value("days_between(\"date '2024-03-01'\", \"date '2024-03-31'\")") == 30


@pytest.mark.parametrize(
    ("written", "zone", "expected"),
    [
        ("2024-03-01T16:30:00.000Z", "Europe/Istanbul", "2024-03-01 16:30:00"),
        ("2024-03-01T16:30:00.000+0000", "Europe/Istanbul", "2024-03-01 16:30:00"),
        ("2024-03-01T16:30:00+03:00", "Europe/Istanbul", "2024-03-01 13:30:00"),
        ("2024-03-01 16:30:00", "America/New_York", "2024-03-01 16:30:00"),
        ("2024-03-01", "Europe/Istanbul", "2024-02-29 21:00:00"),
        ("2024-07-01", "America/New_York", "2024-07-01 04:00:00"),
        ("2024-01-01", "America/New_York", "2024-01-01 05:00:00"),
        ("2024-02-30", "Europe/Istanbul", None),
        ("0024-02-03", "Europe/Istanbul", None),
        ("2204-02-03", "Europe/Istanbul", None),
        ("soon", "Europe/Istanbul", None),
        ("", "Europe/Istanbul", None),
    ],
)
def test_timestamps_are_read_into_utc(
    value: Callable[..., Any], written: str, zone: str, expected: str | None
) -> None:
    found = value(f"typed(\"'{written}'\", 'timestamp')", reporting_time_zone=zone)
    assert (str(found) if found is not None else None) == expected


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "UTC", "Asia/Shanghai", "Pacific/Kiritimati"])
def test_a_bare_date_stays_its_day_in_every_time_zone(value: Callable[..., Any], zone: str) -> None:
    found = value("local_date(typed(\"'2024-03-10'\", 'timestamp'))", reporting_time_zone=zone)
    assert str(found) == "2024-03-10"


@pytest.mark.parametrize(
    ("written", "type_name", "expected"),
    [
        (" 1234.5 ", "decimal", "1234.5000"), ("1.234,50", "decimal", None), ("1e3", "decimal", "1000.0000"),
        ("abc", "decimal", None), ("00501", "text", "00501"), ("   ", "text", None), ("7", "integer", "7"),
        ("7.5", "integer", None), ("7.0", "integer", "7"), ("0.25", "number", "0.25"), ("nan", "number", None),
        ("09:30", "time", "570"), ("9:30:00", "time", "570"), ("24:00", "time", "1440"), ("24:01", "time", None),
        ("109", "seconds", "109"), ("0:02:23", "seconds", "143"), ("100:00:01", "seconds", "360001"), ("2:23", "seconds", None),
        ("12.6", "seconds", "13"), ("-4", "seconds", "-4"), ("0:61:00", "seconds", None), ("2 min", "seconds", None), ("9e3", "seconds", None),
        ("9", "time", None), ("09:60", "time", None), ("YES", "boolean", "True"), ("0", "boolean", "False"), ("maybe", "boolean", None),
        ("1_000", "decimal", None), ("1_000", "integer", None), ("1_000", "number", None), ("12/03/24", "date", None),
        ("epoch", "timestamp", None), ("infinity", "timestamp", None), ("12/03/24", "timestamp", None), ("12-3-24", "date", None),
        ("1709287200500250", "microseconds", "2024-03-01 10:00:00.500250"), ("1709287200500", "microseconds", None),
        ("-709287200500250", "microseconds", None), ("2024-03-01 10:00", "microseconds", None),
        ("2024-02-29", "date", "2024-02-29"), ("2024-02-29 10:00:00", "date", "2024-02-29"), ("29.02.2024", "date", None),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_its_type_becomes_null(
    value: Callable[..., Any], written: str, type_name: str, expected: str | None
) -> None:
    found = value(f"typed(\"'{written}'\", '{type_name}')")
    assert (str(found) if found is not None else None) == expected


def test_percentiles_interpolate_between_the_closest_ranks(value: Callable[..., Any]) -> None:
    # response_time in the catalogue: p50 72.5, p90 1 696
    rows = " from (values (5), (12), (20), (45), (55), (90), (200), (600), (1440), (4000), (null)) as minutes (m)"
    assert value("percentile('m', 0.5)", source=rows) == pytest.approx(72.5)
    assert value("percentile('m', 0.9)", source=rows) == pytest.approx(1696)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("https://www.firma.example/pricing?utm_source=a/b#top", "/pricing"),
        ("https://www.firma.example", "/"), ("https://firma.example/", "/"), ("https://firma.example?a=/b", "/"),
        ("HTTP://firma.example:8080/a/b//", "/a/b"), ("//firma.example/a", "/a"), ("/a/b/?x", "/a/b"), ("/a?next=https://b.example/c", "/a"),
        ("android-app://com.example/home", "/home"), ("#top", "/"), ("pricing", "pricing"),
    ],
)  # fmt: skip
def test_a_page_is_one_path_however_it_was_linked(value: Callable[..., Any], address: str, path: str) -> None:
    assert value(f"page_path(\"'{address}'\")") == path


def test_a_page_that_is_not_told_stays_untold(value: Callable[..., Any]) -> None:
    assert value('page_path("cast(null as varchar)")') is None


def test_weeks_begin_on_mondays(value: Callable[..., Any]) -> None:
    assert str(value("week_of(\"date '2024-05-05'\")")) == "2024-04-29"
    assert str(value("week_of(\"date '2024-05-06'\")")) == "2024-05-06"


def test_a_band_begins_at_its_edge(value: Callable[..., Any]) -> None:
    assert [value(f"frequency_band('{frequency}')") for frequency in ("1.99", "2", "5.9", "6", "null")] == [
        "under 2", "2 to under 3", "4 to under 6", "6 and more", "unknown",
    ]  # fmt: skip


def test_at_most_keeps_null_apart_from_the_limit(value: Callable[..., Any]) -> None:
    assert [value(f"at_most('{count}', '3')") for count in ("5", "3", "1")] == [3, 3, 1]
    assert value("at_most('cast(null as bigint)', '3')") is None
