"""Where everything lives: one object that every part of the flow asks for its files and folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from orchestration.errors import ConfigurationError

PROJECT_FILE = "dbt_project.yml"
DATABASE_NAME = "kpi.duckdb"
"""Name of the build file and of every release's file: DuckDB takes the catalog's name from it."""


@dataclass(frozen=True)
class ProjectPaths:
    """Absolute paths of one installation; nothing is created by looking at them."""

    root: Path
    build_dir: Path
    published_dir: Path
    target_dir: Path
    exports_dir: Path | None = None

    @property
    def build_file(self) -> Path:
        """The DuckDB file that a refresh writes and that no reader opens."""
        return self.build_dir / DATABASE_NAME

    @property
    def archive_dir(self) -> Path:
        """Landed exports as Parquet, named by the hash of their content."""
        return self.build_dir / "archive"

    @property
    def lock_file(self) -> Path:
        """Held by the refresh that is running."""
        return self.build_dir / "refresh.lock"

    @property
    def state_file(self) -> Path:
        """What the last landing found (door, dbt vars), for runs that build only a part."""
        return self.build_dir / "landing.json"

    @property
    def lineage_file(self) -> Path:
        """Column lineage by hash of compiled SQL, so that an unchanged model is not analysed again."""
        return self.build_dir / "column_lineage.json"

    @property
    def releases_dir(self) -> Path:
        """A folder per release."""
        return self.published_dir / "releases"

    @property
    def current(self) -> Path:
        """The link that readers follow."""
        return self.published_dir / "current"

    @property
    def refresh_log_file(self) -> Path:
        """One JSON line per refresh that ended, published or not."""
        return self.published_dir / "refresh_log.jsonl"

    def with_exports_dir(self, exports_dir: str | os.PathLike[str] | None) -> ProjectPaths:
        """The same installation, reading exports from another folder (None: the sample company's seeds)."""
        return replace(self, exports_dir=Path(exports_dir).expanduser().resolve() if exports_dir else None)

    @classmethod
    def from_environment(
        cls, root: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> ProjectPaths:
        """Paths below `root` (default: KPI_PROJECT_DIR, else the folder of dbt_project.yml at or above the working
        directory, else the one this package is installed from).

        KPI_BUILD_DIR, KPI_PUBLISHED_DIR, KPI_TARGET_DIR and EXPORTS_DIR override; a relative one counts from the
        project's root. An empty variable counts as not set.

        Raises:
            ConfigurationError: there is no dbt_project.yml in the root.
        """
        env = os.environ if environment is None else environment
        base = (root or _find_root(env)).resolve()
        if not (base / PROJECT_FILE).is_file():
            raise ConfigurationError(
                f"{base} has no {PROJECT_FILE}: run the command in the project's folder, or set KPI_PROJECT_DIR."
            )

        def folder(variable: str, default: str) -> Path:
            return (base / Path(env.get(variable) or default).expanduser()).resolve()

        return cls(
            root=base,
            build_dir=folder("KPI_BUILD_DIR", "build"),
            published_dir=folder("KPI_PUBLISHED_DIR", "published"),
            target_dir=folder("KPI_TARGET_DIR", "target"),
            exports_dir=folder("EXPORTS_DIR", "") if env.get("EXPORTS_DIR") else None,
        )


def _find_root(env: Mapping[str, str]) -> Path:
    if env.get("KPI_PROJECT_DIR"):
        return Path(env["KPI_PROJECT_DIR"]).expanduser()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
            return folder
    return Path(__file__).resolve().parent.parent
