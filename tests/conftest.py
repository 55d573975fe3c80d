"""The sample company, refreshed once for all tests that look at what comes out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest
from filelock import FileLock

from orchestration.paths import ProjectPaths

ROOT = Path(__file__).resolve().parents[1]
# Several workers must not parse into one folder.
TARGET = ROOT / "target" / "-".join(["tests", *filter(None, [os.environ.get("PYTEST_XDIST_WORKER")])])
SETTINGS = (
    "EXPORTS_DIR",
    "DAGSTER_HOME",
    "KPI_BUILD_DIR",
    "KPI_PUBLISHED_DIR",
    "KPI_TARGET_DIR",
    "KPI_PROJECT_DIR",
)


@dataclass(frozen=True)
class Warehouse:
    """One refreshed installation: its paths, its manifest, and read-only connections to what it made."""

    paths: ProjectPaths
    summary: str

    @property
    def compiled(self) -> Path:
        """The SQL that the refresh ran, as it was compiled with the variables of this warehouse."""
        return self.paths.build_dir.parent / "compiled"

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        from orchestration.dbt_project import parse

        return parse(self.paths).manifest

    def models(self, public: bool = False) -> list[Mapping[str, Any]]:
        """The models of the project, or the published ones only."""
        return [
            node
            for node in self.manifest["nodes"].values()
            if node["resource_type"] == "model" and (not public or node["access"] == "public")
        ]

    def release(self) -> duckdb.DuckDBPyConnection:
        """The published file, as a reader opens it."""
        return duckdb.connect(str(self.paths.current / "kpi.duckdb"), read_only=True)

    def build(self) -> duckdb.DuckDBPyConnection:
        """The build file."""
        return duckdb.connect(str(self.paths.build_file), read_only=True)

    def rows(self, sql: str, parameters: list[Any] | None = None) -> list[tuple[Any, ...]]:
        """Rows of a query on the release."""
        with self.release() as connection:
            return connection.execute(sql, parameters or []).fetchall()

    def one(self, sql: str, parameters: list[Any] | None = None) -> tuple[Any, ...]:
        """The single row of a query on the release."""
        (row,) = self.rows(sql, parameters)
        return row


def refreshed(folder: Path, exports_dir: Path | None = None, **options: Any) -> Warehouse:
    """Refresh the project into `folder`, sharing one parsed dbt project between all of them.

    Raises:
        KpiWarehouseError: as `orchestration.refresh.refresh` does.
    """
    from orchestration.progress import Progress
    from orchestration.refresh import refresh

    paths = paths_in(folder, exports_dir)
    summary = refresh(paths, progress=Progress(quiet=True), **options)
    # the next refresh of another company compiles into the same folder
    shutil.copytree(TARGET / "compiled", folder / "compiled", dirs_exist_ok=True)
    return Warehouse(paths, summary)


def paths_in(folder: Path, exports_dir: Path | None = None) -> ProjectPaths:
    """An installation of the project whose data lie in `folder`."""
    return ProjectPaths.from_environment(
        root=ROOT,
        environment={
            "KPI_BUILD_DIR": str(folder / "build"),
            "KPI_PUBLISHED_DIR": str(folder / "published"),
            "KPI_TARGET_DIR": str(TARGET),
        },
    ).with_exports_dir(exports_dir)


@pytest.fixture(scope="session", autouse=True)
def no_settings_of_the_person_who_tests() -> Any:
    """Variables of the shell have no say in the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in SETTINGS:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Warehouse:
    """The sample company, published: refreshed by the first worker that asks, copied by the others."""
    folder = tmp_path_factory.mktemp("sample", numbered=False)
    if worker_id == "master":
        return refreshed(folder)
    shared = tmp_path_factory.getbasetemp().parent / "sample"
    with FileLock(f"{shared}.lock"):
        if not (shared / "summary.txt").exists():
            (shared / "summary.txt").write_text(refreshed(shared).summary, encoding="utf-8")
    shutil.copytree(shared, folder, symlinks=True, dirs_exist_ok=True)
    return Warehouse(paths_in(folder), (shared / "summary.txt").read_text(encoding="utf-8"))


# Files that refresh companies of their own come early, so that the second worker has work while the first makes the sample.
FIRST = ("test_address.py", "test_support_log.py", "test_call_campaign.py", "test_pipeline_of_own_exports.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: FIRST.index(item.path.name) if item.path.name in FIRST else len(FIRST))


def contents(warehouse: Warehouse) -> dict[str, str]:
    """A fingerprint of every published table, the log of refreshes apart."""
    with warehouse.release() as connection:
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where not internal and table_name <> 'refresh_log'"
        ).fetchall()
        return {
            name: str(connection.execute(f"select count(*), bit_xor(hash(t)) from {name} as t").fetchone())
            for (name,) in tables
        }


def write_exports(folder: Path, mapping: str, files: Mapping[str, str]) -> Path:
    """An exports folder with its exports.yml."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "exports.yml").write_text(mapping, encoding="utf-8")
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder
