"""What Dagster is given: assets with groups, owners and checks from dbt's YAML, a job, a schedule and a sensor."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from orchestration.code_location import JOB, build_definitions
from orchestration.dbt_project import ParsedProject, parse
from orchestration.exports_sensor import exports_sensor, fingerprint
from orchestration.progress import Progress
from orchestration.refresh_resource import RunRecorder
from orchestration.translator import exports_key
from tests.orchestration.toy import ToyProject

DEAL = dg.AssetKey(["sales", "fct_deal"])
RATE = dg.AssetKey(["sales", "kpi_win_rate"])


@pytest.fixture(scope="module")
def project(toy: ToyProject, first_summary: str) -> ParsedProject:
    return parse(toy.paths)


@pytest.fixture
def recorder() -> RunRecorder:
    return RunRecorder()


@pytest.fixture
def defs(toy: ToyProject, project: ParsedProject, recorder: RunRecorder) -> dg.Definitions:
    return build_definitions(toy.paths, project, Progress(quiet=True), recorder)


@pytest.fixture
def specs(defs: dg.Definitions) -> dict[dg.AssetKey, dg.AssetSpec]:
    return {spec.key: spec for spec in defs.resolve_all_asset_specs()}


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as ephemeral:
        yield ephemeral


def run(
    defs: dg.Definitions, instance: dg.DagsterInstance, selection: dg.AssetSelection
) -> dg.ExecuteInProcessResult:
    job = dg.define_asset_job("part", selection=selection, executor_def=dg.in_process_executor)
    resolved = dg.Definitions(
        assets=defs.assets, resources=defs.resources, jobs=[job], executor=dg.in_process_executor
    ).resolve_job_def("part")
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    return resolved.execute_in_process(instance=instance, raise_on_error=False, run_config=quiet)


def test_definitions_are_loadable(defs: dg.Definitions) -> None:
    dg.Definitions.validate_loadable(defs)


def test_groups_are_the_folders(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    groups = {key.to_user_string(): spec.group_name for key, spec in specs.items()}
    assert groups == {
        "exports/crm": "crm",
        "exports/landing": "landing",
        "raw/crm__deal": "crm",
        "raw/crm__user": "crm",
        "raw/landing__refresh_log": "landing",
        "intermediate/int_deal": "intermediate",
        "intermediate/int_as_of": "intermediate",
        "sales/fct_deal": "sales",
        "sales/kpi_win_rate": "sales",
        "quality/refresh_log": "quality",
        "quality/export_reconciliation": "quality",
        "published": "published",
    }


def test_owners_freshness_and_descriptions_come_from_yaml(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    assert specs[DEAL].owners == ["sales.operations@example.com"]
    assert specs[RATE].owners == ["team:sales_operations"]
    assert specs[DEAL].description == "One row per deal."
    assert specs[DEAL].freshness_policy is not None
    assert specs[RATE].freshness_policy is None


def test_seeds_follow_their_exports_and_the_release_follows_every_public_table(
    specs: dict[dg.AssetKey, dg.AssetSpec],
) -> None:
    assert [dep.asset_key for dep in specs[dg.AssetKey(["raw", "crm__deal"])].deps] == [exports_key("crm")]
    upstream = {dep.asset_key.to_user_string() for dep in specs[dg.AssetKey("published")].deps}
    assert upstream == {
        "sales/fct_deal",
        "sales/kpi_win_rate",
        "quality/refresh_log",
        "quality/export_reconciliation",
    }


def test_dbt_tests_are_checks_that_block_by_severity(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    checks = {key.name: graph.get(key) for key in graph.asset_check_keys}
    assert {name: node.blocking for name, node in checks.items()} == {
        "unique_fct_deal_deal_id": True,
        "assert_amount_is_not_negative": True,
        "assert_amount_is_plausible": False,
    }
    assert {node.key.asset_key for node in checks.values()} == {DEAL}
    assert checks["assert_amount_is_not_negative"].description == "A deal is never worth less than nothing."


def test_the_job_takes_everything_and_the_schedule_reads_its_time_from_the_project(
    defs: dg.Definitions,
) -> None:
    assert len(defs.resolve_job_def(JOB).asset_layer.executable_asset_keys) == 12
    schedule = defs.resolve_schedule_def("daily_refresh")
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("15 4 * * *", "Europe/Istanbul")
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED


def test_a_whole_run_holds_the_lock_once_and_records_rows_columns_lineage_and_checks(
    defs: dg.Definitions, instance: dg.DagsterInstance, recorder: RunRecorder
) -> None:
    result = defs.resolve_job_def(JOB).execute_in_process(
        instance=instance, run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    )
    assert result.success
    made = {
        event.asset_key: event.step_materialization_data.materialization
        for event in result.get_asset_materialization_events()
    }
    assert len(made) == 12
    metadata = made[RATE].metadata
    assert metadata["dagster/row_count"].value == 2
    assert [column.name for column in metadata["dagster/column_schema"].value.columns] == [
        "scope_id",
        "won_count",
        "n",
        "win_rate",
    ]
    lineage = metadata["dagster/column_lineage"].value.deps_by_column
    assert lineage["scope_id"] == [dg.TableColumnDep(DEAL, "owner_name")]
    assert lineage["win_rate"] == [dg.TableColumnDep(DEAL, "is_won")]
    assert {(check.check_name, check.passed) for check in result.get_asset_check_evaluations()} == {
        ("unique_fct_deal_deal_id", True),
        ("assert_amount_is_not_negative", True),
        ("assert_amount_is_plausible", True),
    }
    assert recorder.session is not None
    assert recorder.session.release is not None


def test_a_part_is_built_with_its_checks_and_nothing_else(
    published_toy: ToyProject, defs: dg.Definitions, instance: dg.DagsterInstance, recorder: RunRecorder
) -> None:
    release = published_toy.paths.current.resolve()
    result = run(defs, instance, dg.AssetSelection.assets(DEAL))
    assert result.success
    assert [event.asset_key for event in result.get_asset_materialization_events()] == [DEAL]
    assert len(result.get_asset_check_evaluations()) == 3
    assert recorder.session is not None
    assert sorted(node.unique_id.split(".")[2] for node in recorder.session.results) == [
        "assert_amount_is_not_negative",
        "assert_amount_is_plausible",
        "fct_deal",
        "unique_fct_deal_deal_id",
    ]
    assert published_toy.paths.current.resolve() == release


def test_a_single_check_can_be_run(
    published_toy: ToyProject, defs: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    check = dg.AssetCheckKey(DEAL, "assert_amount_is_plausible")
    result = run(defs, instance, dg.AssetSelection.checks(check))
    assert [found.check_name for found in result.get_asset_check_evaluations()] == [
        "assert_amount_is_plausible"
    ]
    assert not list(result.get_asset_materialization_events())


def test_a_part_is_never_published(
    published_toy: ToyProject, defs: dg.Definitions, instance: dg.DagsterInstance, recorder: RunRecorder
) -> None:
    release = published_toy.paths.current.resolve()
    result = run(defs, instance, dg.AssetSelection.assets(DEAL, dg.AssetKey("published")))
    assert not result.success
    assert "Only a whole refresh is published" in str(recorder.error)
    assert published_toy.paths.current.resolve() == release


def test_a_failing_check_is_an_evaluation_with_its_first_rows(
    published_toy: ToyProject, defs: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    with published_toy.with_deals("D9,U1,-5,true,2024-03-01"):
        result = defs.resolve_job_def(JOB).execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    assert not result.success
    [failed] = [found for found in result.get_asset_check_evaluations() if not found.passed]
    assert failed.check_name == "assert_amount_is_not_negative"
    assert failed.severity == dg.AssetCheckSeverity.ERROR
    assert "D9" in failed.metadata["first failing rows"].value
    assert dg.AssetKey("published") not in {
        event.asset_key for event in result.get_asset_materialization_events()
    }


def test_lineage_of_an_unchanged_project_is_not_analysed_again(
    published_toy: ToyProject,
    defs: dg.Definitions,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run(defs, instance, dg.AssetSelection.assets(RATE))
    monkeypatch.setattr("orchestration.column_lineage._analyse", lambda *_: pytest.fail("analysed again"))
    assert run(defs, instance, dg.AssetSelection.assets(RATE)).success


class TestSensor:
    """The exports folder is watched by names, sizes and times."""

    @staticmethod
    def tick(folder: Path | None, cursor: str | None) -> dg.SensorResult | dg.SkipReason:
        sensor = exports_sensor(JOB, lambda: str(folder) if folder else None)
        with dg.build_sensor_context(cursor=cursor) as context:
            found = sensor(context)
        assert isinstance(found, dg.SensorResult | dg.SkipReason)
        return found

    def test_without_exports_there_is_nothing_to_watch(self) -> None:
        found = self.tick(None, None)
        assert isinstance(found, dg.SkipReason)
        assert "EXPORTS_DIR is not set" in (found.skip_message or "")

    def test_files_that_stay_as_they_are_ask_for_one_run(self, tmp_path: Path) -> None:
        (tmp_path / "deal.csv").write_text("Id\n1\n")
        first = self.tick(tmp_path, None)
        assert isinstance(first, dg.SensorResult)
        assert not first.run_requests
        second = self.tick(tmp_path, first.cursor)
        assert isinstance(second, dg.SensorResult)
        assert [request.run_key for request in second.run_requests or []] == [fingerprint(tmp_path)]
        assert isinstance(self.tick(tmp_path, second.cursor), dg.SkipReason)

    def test_a_file_that_is_still_growing_waits(self, tmp_path: Path) -> None:
        (tmp_path / "deal.csv").write_text("Id\n1\n")
        cursor = json.dumps({"seen": fingerprint(tmp_path)})
        (tmp_path / "deal.csv").write_text("Id\n1\n2\n")
        found = self.tick(tmp_path, cursor)
        assert isinstance(found, dg.SensorResult)
        assert not found.run_requests

    def test_hidden_files_do_not_count(self, tmp_path: Path) -> None:
        (tmp_path / ".deal.csv.part").write_text("Id\n")
        assert fingerprint(tmp_path) is None


def test_a_partial_build_keeps_what_the_rest_of_the_build_file_holds(
    published_toy: ToyProject, defs: dg.Definitions, instance: dg.DagsterInstance
) -> None:
    def deals() -> list[tuple[object, ...]]:
        with duckdb.connect(str(published_toy.paths.build_file), read_only=True) as connection:
            return connection.execute("from sales.fct_deal").fetchall()

    before = deals()
    run(defs, instance, dg.AssetSelection.assets(RATE))
    assert deals() == before
