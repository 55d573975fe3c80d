"""What is in the build file after a build: rows and columns of every table, asked for in two queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.manifest import Table


@dataclass(frozen=True)
class TableFacts:
    """Row count and `column -> type` of a table, in the table's order; rows is None for a view."""

    rows: int | None
    columns: Mapping[str, str] = field(default_factory=dict)


def table_facts(build_file: Path, tables: Iterable[Table]) -> dict[str, TableFacts]:
    """Facts by unique id for those of `tables` that exist; views are not counted, since that would run them."""
    wanted = list(tables)
    with duckdb.connect(str(build_file), read_only=True) as connection:
        columns: dict[tuple[str, str], dict[str, str]] = {}
        for schema, name, column, kind in connection.execute(
            "select schema_name, table_name, column_name, data_type from duckdb_columns() "
            "where database_name = current_database() and not internal order by table_oid, column_index"
        ).fetchall():
            columns.setdefault((schema, name), {})[column] = kind
        base = set(
            connection.execute(
                "select schema_name, table_name from duckdb_tables() where database_name = current_database()"
            ).fetchall()
        )
        counts = count_rows(connection, [table for table in wanted if (table.schema, table.name) in base])
    return {
        table.unique_id: TableFacts(
            rows=counts.get(table.unique_id), columns=columns[(table.schema, table.name)]
        )
        for table in wanted
        if (table.schema, table.name) in columns
    }


def count_rows(
    connection: duckdb.DuckDBPyConnection, tables: Iterable[Table], catalog: str | None = None
) -> dict[str, int]:
    """Exact rows of each table by unique id, in one query.

    (`estimated_size` of duckdb_tables() still counts deleted rows, so it is not used.)
    """
    wanted = list(tables)
    if not wanted:
        return {}
    parts = [
        f"select {number} as i, count(*) from {table.sql(catalog)}" for number, table in enumerate(wanted)
    ]
    rows = connection.execute(" union all ".join(parts)).fetchall()
    return {wanted[number].unique_id: count for number, count in rows}
