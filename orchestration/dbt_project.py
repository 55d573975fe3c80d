"""dbt inside this process: parse once, build with the parsed manifest, hand back what happened to each node."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestration.errors import ConfigurationError
from orchestration.paths import ProjectPaths


@dataclass(frozen=True)
class ParsedProject:
    """A parsed dbt project: the object that dbt reuses, and the same as the dictionary everybody reads."""

    handle: Any
    manifest: Mapping[str, Any]


@dataclass(frozen=True)
class NodeResult:
    """What became of one node of a build.

    `status` is dbt's word: success, error, skipped, no-op for what is built; pass, warn, fail, error, skipped for
    tests. `failures` counts failing rows of a test, `seconds` the node's run time.
    """

    unique_id: str
    status: str
    seconds: float
    message: str | None
    failures: int
    sql: str | None

    @property
    def is_check(self) -> bool:
        """Whether the node is a dbt test."""
        return self.unique_id.startswith("test.")


@dataclass(frozen=True)
class NodeEvent:
    """A node that has just finished, for the progress line."""

    unique_id: str
    status: str


def parse(paths: ProjectPaths) -> ParsedProject:
    """Read the dbt project, from dbt's saved state where it is unchanged.

    Raises:
        ConfigurationError: dbt cannot read the project; the message is dbt's.
    """
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.semantic_manifest import SemanticManifest

    with _environment(paths):
        result = dbtRunner().invoke(["parse", *_common_arguments(paths), "--no-write-json"])
    _pass_on_interrupt(result.exception)
    if not result.success or result.result is None:
        raise ConfigurationError(f"dbt cannot read the project in {paths.root}: {result.exception}")
    manifest = result.result.writable_manifest().to_dict(omit_none=False)
    # `mf query` reads the metrics from here; the rest of dbt's JSON has no reader and costs 0.4 s.
    SemanticManifest(result.result).write_json_to_file(str(paths.target_dir / "semantic_manifest.json"))
    return ParsedProject(handle=result.result, manifest=manifest)


def build(
    paths: ProjectPaths,
    project: ParsedProject,
    dbt_vars: Mapping[str, Any],
    select: Sequence[str] | None = None,
    on_node: Callable[[NodeEvent], None] | None = None,
) -> list[NodeResult]:
    """Build and test the project (or the nodes of `select`, and nothing that hangs on them) in this process.

    Args:
        dbt_vars: values over those of dbt_project.yml, for this build only.
        select: dbt selectors; None builds everything. Unit tests never run here.
        on_node: called as each node finishes.

    Returns:
        A result per node, in the order in which they finished.

    Raises:
        ConfigurationError: dbt stopped before it ran any node.
    """
    from dbt.cli.main import dbtRunner

    def callback(event: Any) -> None:
        if on_node is not None and event.info.name == "NodeFinished":
            info = event.data.node_info
            on_node(NodeEvent(unique_id=info.unique_id, status=info.node_status))

    arguments = ["build", *_common_arguments(paths), "--exclude-resource-type", "unit_test"]
    if dbt_vars:
        arguments += ["--vars", json.dumps(dict(dbt_vars), default=str)]
    if select is not None:
        arguments += ["--indirect-selection", "empty", "--select", *select]
    try:
        with _environment(paths):
            result = dbtRunner(manifest=project.handle, callbacks=[callback]).invoke(arguments)
    finally:
        close_connections()
    _pass_on_interrupt(result.exception)
    if result.result is None:
        raise ConfigurationError(f"dbt could not start the build: {result.exception}")
    return [
        NodeResult(
            unique_id=run.node.unique_id,
            status=str(run.status),
            seconds=float(run.execution_time or 0.0),
            message=run.message,
            failures=int(run.failures or 0),
            sql=getattr(run.node, "compiled_code", None),
        )
        for run in result.result.results
    ]


def close_connections() -> None:
    """Let go of the build file, so that this and other processes can open it."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    DuckDBConnectionManager.close_all_connections()


def _pass_on_interrupt(error: BaseException | None) -> None:
    """dbt hands everything back as a result, also what must end the process."""
    if error is not None and not isinstance(error, Exception):
        raise error


def _common_arguments(paths: ProjectPaths) -> list[str]:
    return [
        "--project-dir", str(paths.root),
        "--profiles-dir", str(paths.root),
        "--target-path", str(paths.target_dir),
        "--log-path", str(paths.target_dir / "logs"),
        "--log-level", "none",
        "--log-level-file", "info",
        "--no-send-anonymous-usage-stats",
        "--no-use-colors",
    ]  # fmt: skip


@contextlib.contextmanager
def _environment(paths: ProjectPaths) -> Iterator[None]:
    """The working directory and variables that the project's profile and seeds read."""
    wanted = {
        "EXPORTS_DIR": str(paths.exports_dir) if paths.exports_dir else None,
        # Left alone at its default: a changed variable makes dbt parse everything again.
        "KPI_BUILD_DIR": None if paths.build_dir == paths.root / "build" else str(paths.build_dir),
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in wanted}
    paths.build_dir.mkdir(parents=True, exist_ok=True)
    _set_environment(wanted)
    try:
        with contextlib.chdir(paths.root):
            yield
    finally:
        _set_environment(before)


def _set_environment(values: Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
