"""Writes a release: public tables copied to a file of their own, verified, and shown to readers by one flip of a link."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from orchestration.errors import PublishError
from orchestration.manifest import Table, literal, quoted
from orchestration.paths import DATABASE_NAME, ProjectPaths
from orchestration.refresh_log import RefreshRecord, insert
from orchestration.table_metadata import count_rows

RELEASE_NOTE = "release.json"
PARTIAL = ".partial-"
FILE_MODE = 0o440
Step = Callable[[str], None]


@dataclass(frozen=True)
class Release:
    """A published version: its folder and the rows of each table by `schema.table`."""

    release_id: str
    path: Path
    rows: dict[str, int]

    @property
    def database(self) -> Path:
        """The DuckDB file that readers open."""
        return self.path / DATABASE_NAME


def publish(
    paths: ProjectPaths,
    tables: Sequence[Table],
    record: RefreshRecord,
    refresh_log: Table | None = None,
    keep: int = 5,
    on_step: Step = lambda step: None,
) -> Release:
    """Export `tables` from the build file into a new release and let `published/current` point to it.

    Readers see the former release or the new one, never a mixture; whatever fails or dies before the last step
    leaves the former one current. The caller holds the refresh lock.

    Args:
        record: the refresh that is being published; its refresh_id names the release.
        refresh_log: the table of `tables` that gets `record` as a row.
        keep: how many releases stay, the current one among them (at least 1).
        on_step: called with the name of each step before it begins.

    Raises:
        PublishError: there is nothing to publish, or the release does not hold what the build holds.
    """
    if not tables:
        raise PublishError("No model has `access: public`, so there is nothing to publish.")
    release_id = record.refresh_id
    partial = paths.releases_dir / f"{PARTIAL}{release_id}"
    final = paths.releases_dir / release_id
    paths.releases_dir.mkdir(parents=True, exist_ok=True)
    _remove_partial(paths.releases_dir)
    partial.mkdir()
    try:
        on_step("export")
        expected = _export(
            paths.build_file, partial / DATABASE_NAME, partial / "parquet", tables, record, refresh_log
        )
        on_step("verify")
        _verify(partial / DATABASE_NAME, tables, expected)
        rows = {table.label: expected[table.unique_id] for table in tables}
        note = {"release_id": release_id, "refresh": asdict(record), "rows": rows}
        (partial / RELEASE_NOTE).write_text(json.dumps(note, indent=2) + "\n")
        on_step("sync")
        _make_durable(partial)
        on_step("name")
        os.rename(partial, final)
        _sync(paths.releases_dir)
        on_step("flip")
        _flip(paths, final)
    except (duckdb.Error, OSError) as error:
        raise PublishError(
            f"Release {release_id} could not be published: {error}. The former one stays."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    on_step("prune")
    prune(paths, keep)
    return Release(release_id, final, rows)


def current_release(paths: ProjectPaths) -> Release | None:
    """What readers see now."""
    if not paths.current.exists():
        return None
    folder = paths.current.resolve()
    note = json.loads((folder / RELEASE_NOTE).read_text())
    return Release(note["release_id"], folder, note["rows"])


def record_of(release: Release) -> RefreshRecord:
    """The refresh that made a release, from the release itself."""
    note = json.loads((release.path / RELEASE_NOTE).read_text())
    return RefreshRecord(**note["refresh"])


def prune(paths: ProjectPaths, keep: int) -> None:
    """Remove all but the newest `keep` releases; the current one always stays."""
    current = paths.current.resolve() if paths.current.exists() else None
    releases = sorted(
        (
            folder
            for folder in paths.releases_dir.iterdir()
            if folder.is_dir() and not folder.name.startswith(PARTIAL)
        ),
        key=lambda folder: folder.name,
        reverse=True,
    )
    for folder in releases[max(keep, 1) :]:
        if folder.resolve() != current:
            shutil.rmtree(folder, ignore_errors=True)


def _export(
    build_file: Path,
    target: Path,
    parquet: Path,
    tables: Sequence[Table],
    record: RefreshRecord,
    refresh_log: Table | None,
) -> dict[str, int]:
    """Copy the tables and return the rows they must have, by unique id."""
    with duckdb.connect(":memory:") as connection:
        # Under its own name, because the SQL inside a view of the build file says `kpi.schema.table`.
        connection.execute(f"attach {literal(str(build_file))} as kpi (read_only)")
        connection.execute(f"attach {literal(str(target))} as release")
        connection.execute("begin")
        for schema in sorted({table.schema for table in tables}):
            connection.execute(f"create schema release.{quoted(schema)}")
        for table in tables:
            connection.execute(f"create table {table.sql('release')} as from {table.sql('kpi')}")
        expected = count_rows(connection, tables, catalog="kpi")
        if refresh_log is not None and refresh_log.unique_id in expected:
            insert(connection, refresh_log, record, catalog="release")
            expected[refresh_log.unique_id] += 1
        for table in tables:
            _comment(connection, table)
        connection.execute("commit")
        for table in tables:
            folder = parquet / table.schema
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{table.name}.parquet"
            connection.execute(
                f"copy (from {table.sql('release')}) to {literal(str(file))} (format parquet, compression zstd)"
            )
        connection.execute("checkpoint release")
        connection.execute("detach release")
    leftover = target.with_name(target.name + ".wal")
    if leftover.exists():
        raise PublishError(
            f"{leftover} was left beside the release's file; it would be replayed into it by a reader."
        )
    return expected


def _comment(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    if table.description:
        connection.execute(f"comment on table {table.sql('release')} is {literal(table.description)}")
    present = {
        name
        for (name,) in connection.execute(
            "select column_name from duckdb_columns() "
            "where database_name = 'release' and schema_name = ? and table_name = ?",
            [table.schema, table.name],
        ).fetchall()
    }
    for column, description in table.columns.items():
        if description and column in present:
            connection.execute(
                f"comment on column {table.sql('release')}.{quoted(column)} is {literal(description)}"
            )


def _verify(database: Path, tables: Sequence[Table], expected: dict[str, int]) -> None:
    with duckdb.connect(str(database), read_only=True) as connection:
        found = count_rows(connection, tables)
    wrong = [
        f"{table.label} ({found.get(table.unique_id)} instead of {expected.get(table.unique_id)} rows)"
        for table in tables
        if found.get(table.unique_id) != expected.get(table.unique_id)
    ]
    if wrong:
        raise PublishError(
            f"The release does not hold what was built: {', '.join(wrong)}. The former one stays."
        )


def _make_durable(folder: Path) -> None:
    """Read-only files, and files and folders on the disk before anything points to them."""
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            file = Path(parent, name)
            os.chmod(file, FILE_MODE)
            _sync(file)
        _sync(Path(parent))


def _flip(paths: ProjectPaths, release: Path) -> None:
    with _new_link(paths.current, Path("releases") / release.name) as link:
        os.replace(link, paths.current)
    _sync(paths.published_dir)


@contextmanager
def _new_link(beside: Path, target: Path) -> Iterator[Path]:
    link = beside.with_name(f".{beside.name}-{os.getpid()}")
    link.unlink(missing_ok=True)
    link.symlink_to(target, target_is_directory=True)
    try:
        yield link
    finally:
        link.unlink(missing_ok=True)


def _remove_partial(releases: Path) -> None:
    for folder in releases.glob(f"{PARTIAL}*"):
        shutil.rmtree(folder, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
