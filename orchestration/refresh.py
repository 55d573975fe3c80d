"""A refresh from the command line: the Dagster job in this process, its result in words."""

from __future__ import annotations

import json
import os
import shutil
import time
import warnings
from pathlib import Path
from typing import Any

from orchestration.errors import ConfigurationError, KpiWarehouseError
from orchestration.paths import ProjectPaths
from orchestration.progress import Progress
from orchestration.summary import render

INSTANCE_SETTINGS = Path(__file__).with_name("dagster.yaml")


def refresh(
    paths: ProjectPaths,
    as_of: str | None = None,
    wait_seconds: float | None = None,
    timings_file: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> str:
    """Refresh and publish; returns the summary.

    Args:
        as_of: date to measure at (YYYY-MM-DD), None for the latest past event.
        wait_seconds: patience with a refresh that is running; None waits until it is done.
        timings_file: where to write the seconds of each phase as JSON.

    Raises:
        KpiWarehouseError: its subclass says whether input, lock, checks or publishing stopped the refresh.
    """
    progress = progress or Progress()
    started = time.perf_counter()
    with progress.phase("loading"):
        warnings.filterwarnings("ignore", module=r"dagster.*")
        import dagster as dg

        from orchestration.code_location import JOB, build_definitions
        from orchestration.dbt_project import parse
        from orchestration.refresh_resource import SESSION, RunRecorder

    with progress.phase("parsing"):
        recorder = RunRecorder()
        project = parse(paths)
        job = build_definitions(paths, project, progress, recorder).resolve_job_def(JOB)
        instance = _instance()
    config = {
        "exports_dir": str(paths.exports_dir) if paths.exports_dir else None,
        "as_of": as_of,
        "wait_seconds": wait_seconds,
    }
    try:
        result = job.execute_in_process(
            instance=instance,
            raise_on_error=False,
            run_config={
                "resources": {SESSION: {"config": config}},
                # What Dagster has to say is kept in its instance; the terminal shows our own lines.
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
        )
    except (dg.DagsterError, dg.DagsterExecutionInterruptedError) as error:
        if recorder.error is not None:
            raise recorder.error from error
        if recorder.interrupted or isinstance(error, dg.DagsterExecutionInterruptedError):
            raise KeyboardInterrupt from error
        raise
    finally:
        instance.dispose()
    if recorder.interrupted:
        raise KeyboardInterrupt
    if recorder.error is not None:
        raise recorder.error
    if not result.success or recorder.session is None:
        raise KpiWarehouseError(_unexpected(result))
    summary = recorder.session.summary()
    seconds = time.perf_counter() - started
    if timings_file is not None:
        Path(timings_file).write_text(json.dumps({**progress.timings, "total": seconds}, indent=2) + "\n")
    return render(summary, seconds)


def _instance() -> Any:
    """Dagster's instance in DAGSTER_HOME, so that `make dev` shows the run; without it, one that forgets."""
    import dagster as dg

    home = os.environ.get("DAGSTER_HOME")
    if not home:
        return dg.DagsterInstance.ephemeral(settings={"telemetry": {"enabled": False}})
    folder = Path(home)
    if not folder.is_absolute():
        raise ConfigurationError(f"DAGSTER_HOME has to be an absolute path, and is {home}.")
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / INSTANCE_SETTINGS.name).exists():
        shutil.copy(INSTANCE_SETTINGS, folder)
    return dg.DagsterInstance.get()


def _unexpected(result: Any) -> str:
    for event in result.all_events:
        if event.is_failure and event.is_step_failure:
            return f"The step {event.step_key} failed: {event.step_failure_data.error_display_string}"
    return "The run failed; `make dev` shows its log."
