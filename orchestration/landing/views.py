"""Writes the landed exports into schema raw of the build file: a view per export object, and two bookkeeping
tables.
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from orchestration.errors import LandingError
from orchestration.landing.binding import Lookup, Part, Source
from orchestration.landing.contracts import EXPORT_FILE, EXPORT_RECORD, Contracts, ExportContract
from orchestration.landing.report import FileReport, LandingReport
from orchestration.landing.sql import identifier, literal, parquet_rows, qualified, record_number

MARK = "landed:"
FILE_TABLE = "landing__export_file"
LINE_TABLE = "landing__rejected_line"
FORMER_VIEW = "landing__former_opportunity"
FILE_COLUMNS = (
    "source_system", "object", "export_file", "content_hash", "bytes", "modified_at", "rows_in",
    "rows_malformed",
    "rows_skipped", "mapping_line",
)  # fmt: skip
LINE_COLUMNS = ("source_system", "object", "export_file", "export_line", "reason", "line_text")


class ObjectQuery:
    """Builds the query of one export object from its files."""

    def __init__(self, contract: ExportContract, parts: list[Part], all_parts: dict[str, list[Part]]) -> None:
        self._contract = contract
        self._parts = [part for part in parts if not part.table.empty]
        self._all_parts = all_parts

    def sql(self) -> str:
        """The rows of all files: the contract's columns, extra columns of native files, and the address."""
        if not self._parts:
            return self._nothing()
        extras = list(dict.fromkeys(name.casefold() for part in self._parts for name in part.extra))
        spelled = {name.casefold(): name for part in reversed(self._parts) for name in part.extra}
        names = [*self._contract.column_names, *(spelled[name] for name in extras)]
        blocks: dict[int, list[Part]] = {}
        for position, part in enumerate(self._parts):
            group = part.mapping.line if part.mapping and part.mapping.one_row_per else -position - 1
            blocks.setdefault(group, []).append(part)
        return "\nunion all\n".join(self._block(parts, names) for parts in blocks.values())

    def _block(self, parts: list[Part], names: list[str]) -> str:
        rows = "\nunion all\n".join(self.part(part, names) for part in parts)
        mapping = parts[0].mapping
        if mapping is None or mapping.one_row_per is None:
            return rows
        key = f"nullif(trim({identifier(mapping.one_row_per[0])}), '')"
        return (
            f"select * from ({rows}) where {key} is not null\n"
            f"qualify row_number() over (partition by {key} order by {EXPORT_FILE}, {EXPORT_RECORD}) = 1"
        )

    def part(self, part: Part, names: list[str]) -> str:
        """The rows of one file."""
        extra = {name.casefold(): source for name, source in part.extra.items()}
        values: list[str] = []
        joins: list[str] = []
        for name in names:
            source = part.sources.get(name) or extra.get(name.casefold())
            values.append(f"{self._value(name, source, joins)} as {identifier(name)}")
        values.append(f"{literal(part.file.name)} as {EXPORT_FILE}")
        values.append(f"{record_number(part.table.numbered)} as {EXPORT_RECORD}")
        where = f"\nwhere {part.where}" if part.where else ""
        listed = ",\n    ".join(values)
        return f"select\n    {listed}\nfrom {parquet_rows(str(part.parquet))} as s{''.join(joins)}{where}"

    def _value(self, name: str, source: Source | None, joins: list[str]) -> str:
        if source is None:
            kind = self._common_type(name)
            return f"null::{kind}"
        if source.lookup:
            first = len(joins)
            joins.append(
                _join(first, names_of(source.lookup, self._all_parts, exact=True), f"trim({source.sql})")
            )
            loose = names_of(source.lookup, self._all_parts, exact=False)
            joins.append(_join(first + 1, loose, f"lower(trim({source.sql}))"))
            return f"coalesce(l{first}.key, l{first + 1}.key, {source.sql})"
        if source.type is not None and self._common_type(name) != source.type:
            return f"({source.sql})::varchar"
        return source.sql

    def _common_type(self, name: str) -> str:
        kinds = set()
        for part in self._parts:
            extra = {key.casefold(): value for key, value in part.extra.items()}
            source = part.sources.get(name) or extra.get(name.casefold())
            if source is not None:
                kinds.add(source.type)
        return kinds.pop() or "varchar" if len(kinds) == 1 else "varchar"

    def _nothing(self) -> str:
        columns = "".join(f"null::varchar as {identifier(name)}, " for name in self._contract.column_names)
        return f"select {columns}null::varchar as {EXPORT_FILE}, null::bigint as {EXPORT_RECORD} where false"


def names_of(lookup: Lookup, all_parts: dict[str, list[Part]], exact: bool) -> str:
    """SQL: (name, key) of the object's landed rows for every name that belongs to one key only."""
    selects = []
    key_column = lookup.contract.key[0]
    for part in all_parts.get(lookup.contract.name, []):
        name, key = part.sources.get(lookup.by), part.sources.get(key_column)
        if name and key and not part.table.empty:
            where = f" where {part.where}" if part.where else ""
            selects.append(
                f"select ({name.sql})::varchar as name, ({key.sql})::varchar as key from "
                f"{parquet_rows(str(part.parquet))} as s{where}"
            )
    rows = " union all ".join(selects) or "select null::varchar as name, null::varchar as key where false"
    name = "trim(name)" if exact else "lower(trim(name))"
    return (
        f"(select {name} as name, min(trim(key)) as key from ({rows}) where name is not null and key is "
        "not null "
        f"group by 1 having count(distinct trim(key)) = 1)"
    )


def _join(number: int, rows: str, value: str) -> str:
    return f"\nleft join {rows} as l{number} on l{number}.name = {value}"


def write_views(
    connection: duckdb.DuckDBPyConnection,
    queries: Iterable[tuple[ExportContract, str, str]],
    report: LandingReport,
    left_to_seeds: Iterable[ExportContract],
    former: str,
    schema: str,
) -> None:
    """Replaces all landed relations in one transaction: either the whole landing is visible, or none of it.

    `queries` are (contract, query, comment); relations of `left_to_seeds` are dropped if landing made them
    before; `former` is the query of what replaced files held.
    """
    connection.execute("begin transaction")
    try:
        connection.execute(f"create schema if not exists {identifier(schema)}")
        for contract in left_to_seeds:
            if _comment(connection, contract.schema, contract.table).startswith(MARK):
                _drop(connection, contract.schema, contract.table)
        for contract, query, comment in queries:
            _drop(connection, contract.schema, contract.table)
            name = qualified(contract.schema, contract.table)
            connection.execute(f"create view {name} as {query}")
            connection.execute(f"comment on view {name} is {literal(f'{MARK} {comment}')}")
        _drop(connection, schema, FORMER_VIEW)
        connection.execute(f"create view {qualified(schema, FORMER_VIEW)} as {former}")
        connection.execute(
            f"comment on view {qualified(schema, FORMER_VIEW)} is {literal(f'{MARK} what replaced files held')}"
        )
        files = [_file_row(file) for file in report.files]
        _bookkeeping(connection, schema, FILE_TABLE, FILE_COLUMNS, files)
        lines = [
            (file.system, file.object, file.file, str(line.line), line.reason, line.text)
            for file in report.files
            if not file.duplicate_of
            for line in file.rejected
        ]
        _bookkeeping(connection, schema, LINE_TABLE, LINE_COLUMNS, lines)
        connection.execute("commit")
    except duckdb.Error as error:
        connection.execute("rollback")
        raise LandingError(
            f"The exports could not be written into the build file: {str(error).splitlines()[0]}"
        ) from error


def _file_row(file: FileReport) -> tuple[str | None, ...]:
    return (
        file.system, file.object, file.file, file.content_hash, str(file.bytes), file.modified_at,
        str(file.rows_in),
        str(file.rows_malformed), str(file.rows_skipped),
        str(file.mapping_line) if file.mapping_line else None,
    )  # fmt: skip


def _bookkeeping(
    connection: duckdb.DuckDBPyConnection,
    schema: str,
    table: str,
    columns: tuple[str, ...],
    rows: list[tuple[str | None, ...]],
) -> None:
    _drop(connection, schema, table)
    name = qualified(schema, table)
    declared = ", ".join(f"{identifier(column)} varchar" for column in columns)
    connection.execute(f"create table {name} ({declared}, {EXPORT_FILE} varchar, {EXPORT_RECORD} bigint)")
    fields = ", ".join(identifier(column) for column in columns)
    for start in range(0, len(rows), 500):
        chunk = rows[start : start + 500]
        marks = ", ".join(f"({', '.join('?' for _ in columns)})" for _ in chunk)
        connection.execute(
            f"insert into {name} ({fields}) values {marks}", [value for row in chunk for value in row]
        )
    connection.execute(f"comment on table {name} is {literal(f'{MARK} what landing read')}")


def drop_landed_views(build_file: Path) -> int:
    """Removes what landing put into the build file, so that the seeds' door finds it free; returns how many
    relations.

    Raises LandingError when the file cannot be opened.
    """
    if not build_file.exists():
        return 0
    connection = connect(build_file)
    try:
        found = connection.execute(
            "select schema_name, view_name from duckdb_views() where comment like 'landed:%' union all "
            "select schema_name, table_name from duckdb_tables() where comment like 'landed:%' and "
            "table_name in (?, ?)",
            [FILE_TABLE, LINE_TABLE],
        ).fetchall()
        for schema, name in found:
            _drop(connection, schema, name)
    finally:
        connection.close()
    return len(found)


def connect(build_file: Path) -> duckdb.DuckDBPyConnection:
    """Opens the build file for writing. Raises LandingError when that is not possible."""
    build_file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return duckdb.connect(str(build_file))
    except duckdb.Error as error:
        raise LandingError(
            f"The build file {build_file} cannot be opened ({str(error).splitlines()[0]}). Close other "
            "programs that use it; "
            f"if it is damaged, delete it: the next refresh makes it anew."
        ) from error


def _comment(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> str:
    row = connection.execute(
        "select comment from duckdb_views() where schema_name = ? and view_name = ? and not internal union "
        "all "
        "select comment from duckdb_tables() where schema_name = ? and table_name = ?",
        [schema, name, schema, name],
    ).fetchone()
    return str(row[0] or "") if row else ""


def _drop(connection: duckdb.DuckDBPyConnection, schema: str, name: str) -> None:
    rows = connection.execute(
        "select 'view' from duckdb_views() where schema_name = ? and view_name = ? union all "
        "select 'table' from duckdb_tables() where schema_name = ? and table_name = ?",
        [schema, name, schema, name],
    ).fetchall()
    for (kind,) in rows:
        connection.execute(f"drop {kind} {qualified(schema, name)}")


def all_schemas(contracts: Contracts) -> str:
    """The one schema in which the raw tables are."""
    return next((contract.schema for contract in contracts), "raw")
