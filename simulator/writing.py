"""Writes exports through DuckDB, which renders text column by column and keeps the rows' order."""

from __future__ import annotations

from pathlib import Path

import duckdb

from simulator.columns import Table, quoted
from simulator.rendering import table_query
from simulator.settings import SimulationError
from simulator.simulation import Company

FORMATS = {
    "csv": "format csv, header, delimiter ',', quote '\"'",
    "parquet": "format parquet, compression zstd",
}


def write_exports(company: Company, directory: Path | str, file_format: str = "csv") -> list[Path]:
    """Write every export to `directory/<system>/<system>__<object>.<format>`; returns the files.

    Files of the same name are replaced, everything else in the directory is left alone.
    """
    if file_format not in FORMATS:
        raise SimulationError(f"format must be one of {', '.join(FORMATS)}, not {file_format!r}")
    files = []
    with duckdb.connect() as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute("set enable_progress_bar = false")
        for name, table in company.tables.items():
            path = Path(directory) / f"{name}.{file_format}"
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise SimulationError(f"cannot write into {path.parent}: {error.strerror}") from error
            _write_table(connection, table, path, file_format)
            files.append(path)
    return files


def _write_table(connection: duckdb.DuckDBPyConnection, table: Table, path: Path, file_format: str) -> None:
    query, arrays = table_query(table, typed=file_format == "parquet")
    if arrays:
        connection.register("source_arrays", arrays)
    try:
        connection.execute(f"copy ({query}) to {quoted(str(path))} ({FORMATS[file_format]})")
    except duckdb.IOException as error:
        raise SimulationError(f"cannot write {path}: {error}") from error
    finally:
        if arrays:
            connection.unregister("source_arrays")
