"""The history of refreshes: one JSON line each beside the releases, shown to dbt as a landed table."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import duckdb

from orchestration.manifest import Table, literal, quoted

PUBLISHED = "published"
FAILED = "failed"


@dataclass(frozen=True)
class RefreshRecord:
    """One refresh. Times are UTC in ISO 8601, `as_of` is a date; unknown values are None.

    `status` is `published` or `failed`; `door` says where the exports came from: `sample company` or `folder`.
    """

    refresh_id: str
    started_at: str
    finished_at: str
    as_of: str | None
    status: str
    door: str | None
    checks_passed_count: int
    checks_failed_count: int
    published_version: str | None


def append(path: Path, record: RefreshRecord) -> None:
    """Add a line and wait until the disk has it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(record)).encode() + b"\n"
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        size = os.fstat(handle).st_size
        if size and os.pread(handle, 1, size - 1) != b"\n":
            line = b"\n" + line  # the former writer died inside its line
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> list[RefreshRecord]:
    """All refreshes, oldest first; a line that a crash cut off is left out."""
    if not path.exists():
        return []
    names = [field.name for field in fields(RefreshRecord)]
    records = []
    for line in path.read_text().splitlines():
        try:
            stored: Mapping[str, Any] = json.loads(line)
            records.append(RefreshRecord(**{name: stored[name] for name in names}))
        except (ValueError, KeyError, TypeError):
            continue
    return records


def land(build_file: Path, table: Table, records: Sequence[RefreshRecord]) -> None:
    """Put the history into the raw table that dbt reads: every column as text, and the two address columns empty."""
    names = [field.name for field in fields(RefreshRecord)]
    columns = ", ".join(
        [*(f"{quoted(name)} varchar" for name in names), "_export_file varchar", "_export_record bigint"]
    )
    rows = [
        [None if value is None else str(value) for value in asdict(record).values()] + [None, None]
        for record in records
    ]
    with duckdb.connect(str(build_file)) as connection:
        connection.execute(f"create schema if not exists {quoted(table.schema)}")
        is_view = connection.execute(
            "select count(*) from duckdb_views() where schema_name = ? and view_name = ?",
            [table.schema, table.name],
        ).fetchone()
        if is_view and is_view[0]:
            connection.execute(f"drop view {table.sql()}")
        connection.execute(f"create or replace table {table.sql()} ({columns})")
        if rows:
            marks = ", ".join("?" for _ in range(len(names) + 2))
            connection.executemany(f"insert into {table.sql()} values ({marks})", rows)
        connection.execute(f"comment on table {table.sql()} is {literal('landed: history of refreshes')}")


def insert(connection: duckdb.DuckDBPyConnection, table: Table, record: RefreshRecord, catalog: str) -> None:
    """Add the refresh that is being published to a release's own table (columns that the table lacks are left out)."""
    values = asdict(record)
    present = [
        (name, kind)
        for name, kind in connection.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = ? and schema_name = ? and table_name = ? order by column_index",
            [catalog, table.schema, table.name],
        ).fetchall()
        if name in values
    ]
    names = ", ".join(quoted(name) for name, _ in present)
    marks = ", ".join(f"cast(? as {kind})" for _, kind in present)
    texts = [None if values[name] is None else str(values[name]) for name, _ in present]
    connection.execute(f"insert into {table.sql(catalog)} ({names}) values ({marks})", texts)
