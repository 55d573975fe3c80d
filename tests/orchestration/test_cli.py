"""The command line: exit codes, sentences for people, and two refreshes at once."""

import json
import os
import re
import signal
import time
from pathlib import Path

import duckdb
import pytest

from orchestration import cli, refresh_log
from orchestration.lock import RefreshLock, is_locked
from tests.orchestration.toy import ToyProject, make_toy


@pytest.fixture
def in_toy(published_toy: ToyProject, monkeypatch: pytest.MonkeyPatch) -> ToyProject:
    monkeypatch.chdir(published_toy.root)
    return published_toy


def published_rows(toy: ToyProject, table: str) -> int:
    with duckdb.connect(str(toy.paths.current / "kpi.duckdb"), read_only=True) as connection:
        [row] = connection.execute(f"select count(*) from {table}").fetchall()
    return int(row[0])


def test_help_names_the_commands_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(["refresh", "--help"])
    assert stopped.value.code == 0
    told = capsys.readouterr().out
    for expected in (
        "--exports-dir",
        "--as-of",
        "--wait",
        "--no-wait",
        "--timings",
        "75  another refresh is running",
    ):
        assert expected in told


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["refresh", "--as-of", "2024-13-01"], "wants a date as YYYY-MM-DD"),
        (["refresh", "--exports-dir", "/no/such/folder"], "exports folder /no/such/folder does not exist"),
        (["land"], "give --exports-dir, or set EXPORTS_DIR"),
    ],
)
def test_wrong_input_is_told_in_one_sentence_with_exit_code_2(
    in_toy: ToyProject, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert cli.main(arguments) == 2
    assert sentence in capsys.readouterr().err


def test_an_empty_exports_folder_is_an_error(
    in_toy: ToyProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EXPORTS_DIR", str(tmp_path))
    assert cli.main(["refresh"]) == 2
    assert f"The exports folder {tmp_path} is empty." in capsys.readouterr().err


def test_outside_of_a_project_the_command_says_where_it_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KPI_PROJECT_DIR", str(tmp_path))
    assert cli.main(["status"]) == 2
    assert f"{tmp_path} has no dbt_project.yml" in capsys.readouterr().err


def test_landing_alone_names_the_variables_that_dbt_does_not_know(
    in_toy: ToyProject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exports = tmp_path / "exports"
    (exports / "crm").mkdir(parents=True)
    (exports / "crm/Deal.csv").write_text("Id,OwnerId,Amount,IsWon,CreatedDate\nX1,U7,10,true,2025-05-05\n")
    (exports / "exports.yml").write_text("version: 1\nvars: {limit_amount: 5}\n")
    assert cli.main(["land", "--exports-dir", str(exports)]) == 0
    assert """dbt build --vars '{"limit_amount": 5}'""" in capsys.readouterr().out


def test_no_wait_ends_with_75_and_names_the_holder(
    in_toy: ToyProject, capsys: pytest.CaptureFixture[str]
) -> None:
    with RefreshLock(in_toy.paths.lock_file):
        assert cli.main(["refresh", "--no-wait"]) == 75
    told = capsys.readouterr().err
    assert re.search(
        rf"Another refresh is running \(process {os.getpid()}, started 20.*\); nothing was changed", told
    )


def test_status_lists_the_release_and_the_last_refreshes(
    in_toy: ToyProject, first_summary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["status"]) == 0
    told = capsys.readouterr().out
    assert "Tables     4 with" in told
    assert "Last refreshes" in told


def test_status_works_before_the_first_refresh(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(make_toy(tmp_path).root)
    assert cli.main(["status"]) == 0
    assert "Nothing is published yet" in capsys.readouterr().out


def test_a_failing_check_ends_with_1_without_a_traceback_and_with_plain_progress_lines(
    in_toy: ToyProject, capsys: pytest.CaptureFixture[str]
) -> None:
    with in_toy.with_deals("D9,U1,-5,true,2024-03-01"):
        assert cli.main(["refresh"]) == 1
    told = capsys.readouterr().err
    assert "Check failed: assert_amount_is_not_negative" in told
    assert "Traceback" not in told
    assert "\x1b" not in told
    assert re.search(r"^build +done in", told, re.MULTILINE)


def test_refreshes_started_at_once_say_that_they_wait_and_then_run_one_after_the_other(
    published_toy: ToyProject,
) -> None:
    log = published_toy.paths.refresh_log_file
    before = len(refresh_log.read(log))
    with RefreshLock(published_toy.paths.lock_file):
        both = [published_toy.start("refresh", "--wait", "100") for _ in range(2)]
        for process in both:
            assert process.stderr is not None
            told = next((line for line in process.stderr if "Another refresh is running" in line), "")
            assert f"process {os.getpid()}" in told
    ended = [(process.communicate(timeout=120)[0], process.returncode) for process in both]
    assert [code for _, code in ended] == [0, 0]
    assert all("Published" in out for out, _ in ended)
    added = refresh_log.read(log)[before:]
    assert [record.status for record in added] == ["published", "published"]
    assert published_rows(published_toy, "sales.fct_deal") == 4


@pytest.mark.slow
def test_patience_that_ends_is_exit_code_75(published_toy: ToyProject) -> None:
    with RefreshLock(published_toy.paths.lock_file):
        ended = published_toy.run(["refresh", "--wait", "0.2"])
    assert ended.returncode == 75
    assert "after waiting 0.2 seconds" in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("phase", ["parsing", "landing", "build"])
def test_a_killed_refresh_leaves_no_lock_and_the_old_release(published_toy: ToyProject, phase: str) -> None:
    before = published_toy.paths.current.resolve()
    process = published_toy.start("refresh")
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(phase):
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert not is_locked(published_toy.paths.lock_file)
    assert published_toy.paths.current.resolve() == before
    assert published_toy.run(["refresh", "--no-wait"]).returncode == 0
    assert published_rows(published_toy, "sales.fct_deal") == 4


@pytest.mark.slow
def test_runs_are_kept_in_dagster_home(published_toy: ToyProject, tmp_path: Path) -> None:
    home = tmp_path / "home"
    ended = published_toy.run(["refresh"], DAGSTER_HOME=str(home))
    assert ended.returncode == 0, ended.stderr
    assert "telemetry:\n  enabled: false" in (home / "dagster.yaml").read_text()
    assert (home / "history" / "runs.db").exists()


@pytest.mark.slow
def test_help_and_status_do_not_load_dbt_or_dagster(published_toy: ToyProject) -> None:
    started = time.perf_counter()
    ended = published_toy.run(["status"])
    assert ended.returncode == 0
    assert time.perf_counter() - started < 2


@pytest.mark.slow
def test_timings_of_the_phases_are_written_as_json(published_toy: ToyProject, tmp_path: Path) -> None:
    file = tmp_path / "timings.json"
    assert published_toy.run(["refresh", "--timings", str(file)]).returncode == 0
    timings = json.loads(file.read_text())
    assert timings["total"] >= timings["build"] > 0
