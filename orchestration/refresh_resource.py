"""The Dagster resource of a refresh: it takes the lock, lives as long as the run, and lets the lock go."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg

from orchestration.dbt_project import ParsedProject
from orchestration.errors import KpiWarehouseError
from orchestration.lock import LockHolder, RefreshLock
from orchestration.paths import ProjectPaths
from orchestration.progress import Progress
from orchestration.session import RefreshSession
from orchestration.text import parse_date

SESSION = "refresh"
"""Key of the resource."""

CONFIG = {
    "exports_dir": dg.Field(
        dg.Noneable(str),
        is_required=False,
        default_value=None,
        description="Folder of the company's exports; empty: the variable EXPORTS_DIR, else the sample company.",
    ),
    "as_of": dg.Field(
        dg.Noneable(str),
        is_required=False,
        default_value=None,
        description="Date to measure at (YYYY-MM-DD); empty: the latest past event of the exports.",
    ),
    "wait_seconds": dg.Field(
        dg.Noneable(float),
        is_required=False,
        default_value=None,
        description="How long to wait for a refresh that is running; empty: until it is done.",
    ),
}


@dataclass
class RunRecorder:
    """What the process that started a run wants to know when it is over."""

    session: RefreshSession | None = None
    error: KpiWarehouseError | None = None
    interrupted: bool = False

    @contextmanager
    def watch(self) -> Iterator[None]:
        """Keep an error of the project's own, and give Dagster its message."""
        try:
            yield
        except (KeyboardInterrupt, dg.DagsterExecutionInterruptedError):
            self.interrupted = True
            raise
        except KpiWarehouseError as error:
            self.error = error
            if self.session is not None:
                self.session.error = error
            raise dg.Failure(description=str(error), allow_retries=False) from error


def refresh_resource(
    paths: ProjectPaths, project: ParsedProject, progress: Progress, recorder: RunRecorder
) -> dg.ResourceDefinition:
    """The resource that every step of a run requires.

    With the in-process executor it is made once a run and torn down at its end, so the lock is held from the first
    step to the last; when the process dies the operating system lets it go.
    """

    @dg.resource(config_schema=CONFIG, description="The refresh that holds the lock.")
    def refresh(context: dg.InitResourceContext) -> Iterator[RefreshSession]:
        config: dict[str, Any] = context.resource_config or {}

        def waiting(holder: LockHolder) -> None:
            message = f"Another refresh is running ({holder}); waiting for it to end."
            progress.say(message)
            if context.log is not None:
                context.log.info(message)

        with recorder.watch():
            as_of = parse_date(config.get("as_of"))
            exports_dir = config.get("exports_dir")
            run_paths = paths.with_exports_dir(exports_dir) if exports_dir else paths
            lock = RefreshLock(paths.lock_file, config.get("wait_seconds"), waiting)
            lock.__enter__()
        try:
            session = RefreshSession(run_paths, project, progress, as_of=as_of)
            recorder.session = session
            try:
                yield session
            finally:
                session.close()
        finally:
            lock.__exit__(None, None, None)

    return refresh
