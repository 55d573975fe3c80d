"""A refresh from exports to release, on the toy project, in this process."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration import publishing, refresh_log
from orchestration.errors import CheckFailed, ConfigurationError
from orchestration.lock import is_locked
from orchestration.progress import Progress
from orchestration.publishing import current_release
from orchestration.refresh import refresh
from tests.orchestration.toy import ToyProject


def quietly(toy: ToyProject, **options: Any) -> str:
    return refresh(toy.paths, progress=Progress(quiet=True), **options)


def query(toy: ToyProject, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(toy.paths.current / "kpi.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def current(toy: ToyProject) -> Path:
    return toy.paths.current.resolve()


def test_the_summary_says_what_was_published(toy: ToyProject, first_summary: str) -> None:
    for expected in (
        "As of      2024-02-11",
        "Exports    sample company",
        "Checks     3 passed, 0 warned, 0 failed",
        "Rows       in 4, staged 4, rejected 0, difference 0",
        "Win rate  50.0 %  15.0 % to 85.0 %  n = 4",
        "Tables (4 tables, 8 rows)",
        "sales.kpi_win_rate             2",
    ):
        assert expected in first_summary
    assert first_summary.index("Deals ") < first_summary.index("Win rate")


def test_only_public_models_are_in_a_release(published_toy: ToyProject) -> None:
    assert query(published_toy, "select distinct schema_name from duckdb_tables() order by 1") == [
        ("quality",),
        ("sales",),
    ]


def test_the_build_file_is_free_after_a_refresh(published_toy: ToyProject) -> None:
    quietly(published_toy)
    with duckdb.connect(str(published_toy.paths.build_file)) as connection:
        assert connection.execute("select count(*) from intermediate.int_deal").fetchall() == [(4,)]
    assert not is_locked(published_toy.paths.lock_file)


def test_a_second_run_gives_the_same_tables_except_the_log(published_toy: ToyProject) -> None:
    tables = ["sales.fct_deal", "sales.kpi_win_rate", "quality.export_reconciliation"]
    before = [query(published_toy, f"from {table}") for table in tables]
    log = refresh_log.read(published_toy.paths.refresh_log_file)
    quietly(published_toy)
    assert [query(published_toy, f"from {table}") for table in tables] == before
    assert query(published_toy, "select count(*) from quality.refresh_log") == [(len(log) + 1,)]


def test_as_of_reaches_the_models_and_the_log(published_toy: ToyProject, tmp_path: Path) -> None:
    timings = tmp_path / "timings.json"
    summary = quietly(published_toy, as_of="2024-01-15", timings_file=timings)
    assert "As of      2024-01-15" in summary
    newest = "select cast(as_of as varchar) from quality.refresh_log order by refresh_id desc limit 1"
    assert query(published_toy, newest) == [("2024-01-15",)]
    assert {"loading", "parsing", "landing", "build", "audit", "publish", "total"} <= set(
        json.loads(timings.read_text())
    )


def test_a_failing_check_keeps_the_release_and_shows_the_records(published_toy: ToyProject) -> None:
    before = current(published_toy)
    with published_toy.with_deals("D9,U1,-5,true,2024-03-01"), pytest.raises(CheckFailed) as stopped:
        quietly(published_toy)
    message = str(stopped.value)
    for expected in (
        "Check failed: assert_amount_is_not_negative",
        "A deal is never worth less than nothing.",
        "on sales.fct_deal: 1 row:",
        "D9       -5.00   seeds/crm/crm__deal.csv  5",
        "Not run because of this: 1 table that depend on what failed.",
        "readers keep the last good release",
        "`_export_record`",
    ):
        assert expected in message
    assert current(published_toy) == before
    last = refresh_log.read(published_toy.paths.refresh_log_file)[-1]
    assert (last.status, last.checks_failed_count, last.published_version) == ("failed", 1, None)


def test_the_failed_refresh_is_in_the_log_of_the_next_release(published_toy: ToyProject) -> None:
    with (
        published_toy.with_deals("D1,U1,1,true,2024-03-01"),
        pytest.raises(CheckFailed, match="unique_fct_deal_deal_id"),
    ):
        quietly(published_toy)
    quietly(published_toy)
    statuses = query(published_toy, "select status from quality.refresh_log order by refresh_id desc limit 2")
    assert statuses == [("published",), ("failed",)]


def test_a_warning_is_told_and_does_not_stop(published_toy: ToyProject) -> None:
    with published_toy.with_deals("D9,U1,5000,true,2024-02-01"):
        summary = quietly(published_toy)
    assert "1 warned" in summary
    assert "1 row on sales.fct_deal: Deals above the limit are typing errors more often than not." in summary
    quietly(published_toy)


def test_a_model_that_cannot_be_built_is_named_with_its_file_and_the_engines_message(
    published_toy: ToyProject,
) -> None:
    before = current(published_toy)
    with published_toy.with_deals("D9,U1,much,true,2024-02-01"), pytest.raises(CheckFailed) as stopped:
        quietly(published_toy)
    message = str(stopped.value)
    assert "Table not built: intermediate.int_deal (models/intermediate/int_deal.sql)" in message
    assert "Could not convert string" in message
    assert "4 tables and 3 checks that depend on what failed" in message
    assert current(published_toy) == before


def test_a_folder_of_exports_replaces_the_sample_and_makes_way_for_it_again(
    published_toy: ToyProject, tmp_path: Path
) -> None:
    exports = tmp_path / "exports"
    (exports / "crm").mkdir(parents=True)
    (exports / "crm/Deal.csv").write_text("Id,OwnerId,Amount,IsWon,CreatedDate\nX1,U7,10,true,2025-05-05\n")
    (exports / "exports.yml").write_text("version: 1\nvars: {limit_amount: 5}\n")
    paths = published_toy.paths.with_exports_dir(exports)
    summary = refresh(paths, progress=Progress(quiet=True))
    assert f"Exports    folder {exports}" in summary
    assert query(published_toy, "select deal_id, _export_file, _export_record from sales.fct_deal") == [
        ("X1", "crm/Deal.csv", 1)
    ]
    assert "1 warned" in summary, "the variable of exports.yml is in force"
    quietly(published_toy)
    assert query(published_toy, "select count(*) from sales.fct_deal") == [(4,)]


def test_a_project_that_dbt_cannot_read_is_a_configuration_error(published_toy: ToyProject) -> None:
    broken = published_toy.root / "models/broken.sql"
    broken.write_text("select * from {{ ref('nothing') }}")
    try:
        with pytest.raises(ConfigurationError, match="depends on a node named 'nothing' which was not found"):
            quietly(published_toy)
    finally:
        broken.unlink()


def test_a_release_that_is_missing_from_the_history_is_added_by_the_next_refresh(
    published_toy: ToyProject,
) -> None:
    quietly(published_toy)
    log = published_toy.paths.refresh_log_file
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:-1]) + '{"refresh_id": "cut o')
    released = current_release(published_toy.paths)
    assert released is not None
    quietly(published_toy)
    assert released.release_id in [record.refresh_id for record in refresh_log.read(log)]
    found = query(
        published_toy, f"select count(*) from quality.refresh_log where refresh_id = '{released.release_id}'"
    )
    assert found == [(1,)]


def test_a_release_is_made_by_the_lock_holder_alone(
    published_toy: ToyProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked: list[bool] = []
    original = publishing.publish

    def spy(*arguments: Any, **options: Any) -> publishing.Release:
        locked.append(is_locked(published_toy.paths.lock_file))
        return original(*arguments, **options)

    monkeypatch.setattr("orchestration.session.publishing.publish", spy)
    quietly(published_toy)
    assert locked == [True]
