"""Puts the Dagster definitions together: assets, the job, its schedule and its sensor, and the resource with the lock."""

import os

import dagster as dg

from orchestration.assets import exports_asset, published_asset, warehouse_assets
from orchestration.dbt_project import ParsedProject
from orchestration.exports_sensor import exports_sensor
from orchestration.paths import ProjectPaths
from orchestration.progress import Progress
from orchestration.refresh_resource import SESSION, RunRecorder, refresh_resource
from orchestration.session import project_vars

JOB = "refresh"


def build_definitions(
    paths: ProjectPaths,
    project: ParsedProject,
    progress: Progress | None = None,
    recorder: RunRecorder | None = None,
) -> dg.Definitions:
    """Everything Dagster shows and runs.

    The executor runs all steps in the run's own process: DuckDB has one writer, and the lock lives there.
    """
    recorder = recorder or RunRecorder()
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.all(),
        executor_def=dg.in_process_executor,
        description="Land the exports, build and check every table, and publish a release when all is well.",
    )
    settings = project_vars(paths)
    schedule = dg.ScheduleDefinition(
        name="daily_refresh",
        job=job,
        cron_schedule=str(settings.get("refresh_cron") or "0 5 * * *"),
        execution_timezone=str(settings.get("reporting_time_zone") or "UTC"),
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Refreshes once a day (vars `refresh_cron` and `reporting_time_zone` of dbt_project.yml).",
    )
    return dg.Definitions(
        assets=[
            exports_asset(project, recorder),
            warehouse_assets(project, recorder),
            published_asset(project, recorder),
        ],
        jobs=[job],
        schedules=[schedule],
        sensors=[exports_sensor(JOB, lambda: os.environ.get("EXPORTS_DIR"))],
        resources={SESSION: refresh_resource(paths, project, progress or Progress(), recorder)},
        executor=dg.in_process_executor,
    )
