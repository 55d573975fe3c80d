"""Writes names and values into SQL safely: the only place of landing that quotes."""

from collections.abc import Iterable

from orchestration.landing.contracts import EXPORT_RECORD


def identifier(name: str) -> str:
    """A column, table or schema name as a quoted SQL identifier, whatever characters it has."""
    return '"' + name.replace('"', '""') + '"'


def literal(value: str | int | None) -> str:
    """A text, whole number or null as an SQL literal, whatever characters it has."""
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(int(value))
    if "\x00" in value:  # SQL text cannot hold the character itself
        return " || chr(0) || ".join(literal(piece) for piece in value.split("\x00"))
    return "'" + value.replace("'", "''") + "'"


def literals(values: Iterable[str | int | None]) -> str:
    """Literals with commas between them."""
    return ", ".join(literal(value) for value in values)


def qualified(schema: str, name: str) -> str:
    """A table name with its schema."""
    return f"{identifier(schema)}.{identifier(name)}"


def glob_literal(path: str) -> str:
    """A file name as an SQL literal for DuckDB's readers, which would take `*`, `?` and `[` for patterns."""
    return literal("".join(f"[{character}]" if character in "*?[" else character for character in path))


def parquet_rows(path: str) -> str:
    """The rows of one Parquet file with their position (`file_row_number`, from 0)."""
    return f"read_parquet({glob_literal(path)}, file_row_number = true)"


def record_number(numbered: bool) -> str:
    """SQL: the record's number in its file, malformed ones counted, from 1; `numbered` tables have it as a column."""
    return f"s.{EXPORT_RECORD}" if numbered else "(s.file_row_number + 1)::bigint"
