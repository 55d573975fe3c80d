"""Readers see the former release or the new one, whatever happens to the process that publishes."""

import json
import multiprocessing
import os
import signal
import stat
import subprocess
import time
import venv
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.errors import PublishError
from orchestration.manifest import Table
from orchestration.paths import ProjectPaths
from orchestration.publishing import current_release, publish, record_of
from orchestration.refresh_log import RefreshRecord

SPAWN = multiprocessing.get_context("spawn")
STEPS = ["export", "verify", "sync", "name", "flip"]
DEAL = Table(
    "model.a", "sales", "deal", "One row per deal.", {"deal_id": "Its key.", "no_such_column": "Not there."}
)
PRIVATE = Table("model.b", "sales", "contact")
SHARE = Table("model.c", "sales", "share")
LOG = Table("model.d", "quality", "log")


def record(release_id: str) -> RefreshRecord:
    return RefreshRecord(
        refresh_id=release_id,
        started_at="2024-01-01T00:00:00Z",
        finished_at="2024-01-01T00:01:00Z",
        as_of="2023-12-31",
        status="published",
        door="folder",
        checks_passed_count=3,
        checks_failed_count=0,
        published_version=release_id,
    )


def build(paths: ProjectPaths, version: int, rows: int = 100) -> None:
    with duckdb.connect(str(paths.build_file)) as connection:
        connection.execute(f"""
            create schema if not exists sales;
            create schema if not exists quality;
            create or replace table sales.deal as select range as deal_id, {version} as version from range({rows});
            create or replace table sales.contact as select 'someone@example.com' as email;
            create or replace table quality.log (refresh_id varchar, started_at timestamp, as_of date);
            create or replace view sales.share as select version, count(*) as n from kpi.sales.deal group by version;
        """)


def publish_version(paths: ProjectPaths, version: int, **options: Any) -> None:
    build(paths, version)
    publish(paths, [DEAL, SHARE, LOG], record(f"r{version:04}"), LOG, **options)


def query(paths: ProjectPaths, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(paths.current / "kpi.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def publish_and_die(paths: ProjectPaths, step: str) -> None:
    def die(reached: str) -> None:
        if reached == step:
            os.kill(os.getpid(), signal.SIGKILL)

    publish_version(paths, 2, on_step=die)


def test_a_release_holds_the_public_tables_as_duckdb_and_parquet(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    tables = query(empty_paths, "select schema_name || '.' || table_name from duckdb_tables() order by all")
    assert tables == [("quality.log",), ("sales.deal",), ("sales.share",)]
    files = sorted(
        file.relative_to(empty_paths.current).as_posix() for file in empty_paths.current.rglob("*.parquet")
    )
    assert files == [
        "parquet/quality/log.parquet",
        "parquet/sales/deal.parquet",
        "parquet/sales/share.parquet",
    ]
    assert query(empty_paths, f"from '{empty_paths.current}/parquet/sales/share.parquet'") == [(1, 100)]


def test_the_catalog_is_named_kpi_so_that_compiled_sql_works_on_a_release(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    assert query(empty_paths, "select count(*) from kpi.sales.deal") == [(100,)]


def test_descriptions_are_comments(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    assert query(empty_paths, "select comment from duckdb_tables() where table_name = 'deal'") == [
        ("One row per deal.",)
    ]
    comments = query(
        empty_paths, "select column_name, comment from duckdb_columns() where comment is not null"
    )
    assert comments == [("deal_id", "Its key.")]


def test_the_refresh_that_is_published_is_in_its_own_log(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    assert query(empty_paths, "select refresh_id, cast(as_of as varchar) from quality.log") == [
        ("r0001", "2023-12-31")
    ]
    release = current_release(empty_paths)
    assert release is not None
    assert record_of(release) == record("r0001")
    assert release.rows["quality.log"] == 1


def test_files_of_a_release_are_read_only_and_without_a_write_ahead_log(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    files = [file for file in empty_paths.current.resolve().rglob("*") if file.is_file()]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o440}
    assert not [file for file in files if file.suffix == ".wal"]


def test_the_link_is_relative_so_that_the_folder_can_be_moved(
    empty_paths: ProjectPaths, tmp_path: Path
) -> None:
    publish_version(empty_paths, 1)
    moved = empty_paths.published_dir.rename(tmp_path / "elsewhere")
    with duckdb.connect(str(moved / "current" / "kpi.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from sales.deal").fetchall() == [(100,)]


def test_the_newest_releases_stay_and_the_current_one_always(empty_paths: ProjectPaths) -> None:
    for version in range(1, 5):
        publish_version(empty_paths, version, keep=2)
    assert sorted(folder.name for folder in empty_paths.releases_dir.iterdir()) == ["r0003", "r0004"]
    publish_version(empty_paths, 0, keep=2)  # an older name: a clock that was set back
    assert sorted(folder.name for folder in empty_paths.releases_dir.iterdir()) == ["r0000", "r0003", "r0004"]
    assert query(empty_paths, "select distinct version from sales.deal") == [(0,)]


@pytest.mark.parametrize("step", STEPS)
def test_an_error_before_the_flip_leaves_the_former_release(empty_paths: ProjectPaths, step: str) -> None:
    publish_version(empty_paths, 1)

    def fail(reached: str) -> None:
        if reached == step:
            raise OSError("no space left on device")

    with pytest.raises(PublishError, match="no space left"):
        publish_version(empty_paths, 2, on_step=fail)
    assert query(empty_paths, "select distinct version from sales.deal") == [(1,)]
    assert not list(empty_paths.releases_dir.glob(".partial*"))


@pytest.mark.parametrize("step", ["verify", "flip"])
def test_a_kill_before_the_flip_leaves_the_former_release_and_the_next_refresh_cleans_up(
    empty_paths: ProjectPaths, step: str
) -> None:
    publish_version(empty_paths, 1)
    process = SPAWN.Process(target=publish_and_die, args=(empty_paths, step))
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert query(empty_paths, "select distinct version from sales.deal") == [(1,)]
    publish_version(empty_paths, 3)
    assert query(empty_paths, "select distinct version from sales.deal") == [(3,)]
    assert not list(empty_paths.releases_dir.glob(".partial*"))


def test_a_release_that_lacks_rows_is_not_shown(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    build(empty_paths, 2)

    def lose_rows(reached: str) -> None:
        if reached == "verify":
            [database] = empty_paths.releases_dir.glob(".partial*/kpi.duckdb")
            with duckdb.connect(str(database)) as connection:
                connection.execute("delete from sales.deal where deal_id < 10")

    with pytest.raises(PublishError, match=r"sales\.deal \(90 instead of 100 rows\)"):
        publish(empty_paths, [DEAL, LOG], record("r0002"), on_step=lose_rows)
    assert query(empty_paths, "select distinct version from sales.deal") == [(1,)]


def test_a_public_table_that_was_not_built_is_an_error_with_its_name(empty_paths: ProjectPaths) -> None:
    build(empty_paths, 1)
    with pytest.raises(PublishError, match="no_such_table"):
        publish(
            empty_paths, [DEAL, replace(DEAL, unique_id="model.x", name="no_such_table")], record("r0001")
        )
    assert current_release(empty_paths) is None


def poll(
    paths: ProjectPaths, stop: "multiprocessing.synchronize.Event", answers: "multiprocessing.Queue[Any]"
) -> None:
    """Reopens the current release again and again; an answer mixes releases when versions or counts disagree."""
    queries = mixed = 0
    errors: list[str] = []
    versions: set[int] = set()
    while not stop.is_set():
        try:
            with duckdb.connect(str(paths.current / "kpi.duckdb"), read_only=True) as connection:
                found = connection.execute(
                    "select d.version, s.version, s.n, count(*) from sales.deal as d cross join sales.share as s group by all"
                ).fetchall()
                later = connection.execute("select distinct version from sales.deal").fetchall()
        except duckdb.Error as error:
            errors.append(str(error))
            continue
        queries += 1
        consistent = (
            len(found) == 1 and found[0][0] == found[0][1] == later[0][0] and found[0][2] == found[0][3]
        )
        mixed += not consistent
        versions.update(row[0] for row in found)
    answers.put((queries, mixed, errors[:3], len(versions)))


def publish_under_readers(paths: ProjectPaths, publishes: int, readers: int, pause: float) -> list[Any]:
    publish_version(paths, 0)
    stop, answers = SPAWN.Event(), SPAWN.Queue()
    processes = [SPAWN.Process(target=poll, args=(paths, stop, answers)) for _ in range(readers)]
    for process in processes:
        process.start()
    time.sleep(1)
    for version in range(1, publishes + 1):
        publish_version(paths, version, keep=3)
        time.sleep(pause)
    stop.set()
    results = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    return results


def test_readers_never_fail_and_never_see_two_releases_in_one_answer(empty_paths: ProjectPaths) -> None:
    for queries, mixed, errors, versions in publish_under_readers(
        empty_paths, publishes=8, readers=2, pause=0.05
    ):
        assert (mixed, errors) == (0, [])
        assert queries > 10
        assert versions > 2


@pytest.mark.slow
def test_readers_never_fail_during_a_hundred_publishes(empty_paths: ProjectPaths) -> None:
    for queries, mixed, errors, versions in publish_under_readers(
        empty_paths, publishes=100, readers=3, pause=0.02
    ):
        assert (mixed, errors) == (0, [])
        assert queries > 200
        assert versions > 20


def test_the_note_of_a_release_lists_its_tables(empty_paths: ProjectPaths) -> None:
    publish_version(empty_paths, 1)
    note = json.loads((empty_paths.current / "release.json").read_text())
    assert note["rows"] == {"sales.deal": 100, "sales.share": 1, "quality.log": 1}


@pytest.mark.slow
def test_a_release_opens_in_duckdb_1_1(empty_paths: ProjectPaths, tmp_path: Path) -> None:
    publish_version(empty_paths, 1)
    reader = tmp_path / "reader"
    venv.create(reader, with_pip=True)
    python = reader / "bin" / "python"
    installed = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "duckdb==1.1.3"],
        capture_output=True,
        check=False,
        timeout=300,
    )
    if installed.returncode != 0:
        pytest.skip("DuckDB 1.1.3 cannot be installed here")
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); "
        "print(duckdb.__version__, c.execute('select count(*) from kpi.sales.deal').fetchone()[0])"
    )
    read = subprocess.run(
        [python, "-c", code, str(empty_paths.current / "kpi.duckdb")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stdout.split() == ["1.1.3", "100"]
