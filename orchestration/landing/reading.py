"""Reads one UTF-8 text file into Parquet: DuckDB first, and Python record by record where DuckDB would lose
something.

DuckDB's result counts only if no line was rejected and the number of rows is the one that `scan.shape`
counted.
"""

import csv
from dataclasses import replace
from itertools import islice
from pathlib import Path

import duckdb

from orchestration.errors import ExportError, LandingError
from orchestration.landing.contracts import EXPORT_RECORD
from orchestration.landing.records import open_text, records
from orchestration.landing.scan import shape
from orchestration.landing.sql import glob_literal, identifier, literal
from orchestration.landing.tables import ArchivedTable, RejectedLine, temporary, unique_names

NOT_A_SAMPLE = 20  # malformed lines from which on a file is judged by their share


class TextReader:
    """Reads files with one connection; temporary files lie in `folder`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        self._folder = folder

    def read(
        self,
        source: Path,
        label: str,
        delimiter: str,
        skip_lines: int,
        table: ArchivedTable,
        target: Path,
    ) -> ArchivedTable:
        """Writes the file's records to `target`; returns `table` completed with what was found.

        Raises ExportError for a header that cannot be read or that most records do not fit.
        """
        with open_text(source, "utf-8") as text:
            lines = islice(text, skip_lines, None)
            header = next((r for r in records(lines, delimiter, skip_lines + 1) if not r.blank), None)
        if header is None:
            blank = shape(source, label, delimiter).blank_lines
            return replace(table, blank_lines=blank, empty=True)
        if header.fields is None:
            raise ExportError(
                f"{label} line {header.line}: the header cannot be read: {header.reason}. Mend the header "
                "line."
            )
        table = replace(table, header=header.fields, columns=unique_names(header.fields))
        landed = None
        if header.line == 1 and len(table.columns) > 1:
            landed = self.read_fast(source, label, delimiter, table, target)
        return landed or self.read_exactly(source, label, delimiter, skip_lines, table, target)

    def read_fast(
        self, source: Path, label: str, delimiter: str, table: ArchivedTable, target: Path
    ) -> ArchivedTable | None:
        """DuckDB reads the file; None unless every record counted in the file came back well-formed."""
        counted = shape(source, label, delimiter)
        if not counted.plain:
            return None
        reader = _read_csv(source, table.columns, delimiter)
        try:
            rows = self._copy(f"select * from {reader}", target)
            bad = self._connection.execute("select count(*) from reject_errors").fetchone()
        except duckdb.Error:
            return None
        finally:
            self._forget_rejects()
        if (bad and bad[0]) or rows != counted.records - 1:
            return None
        return replace(table, rows=rows, blank_lines=counted.blank_lines)

    def read_exactly(
        self,
        source: Path,
        label: str,
        delimiter: str,
        skip_lines: int,
        table: ArchivedTable,
        target: Path,
    ) -> ArchivedTable:
        """Python reads record by record; DuckDB gets what is well-formed, with its record number."""
        with temporary(self._folder, ".csv") as clean:
            found, longest = _separate(source, delimiter, skip_lines, table, clean)
            number = found.rows + len(found.rejected)
            if len(found.rejected) > NOT_A_SAMPLE and len(found.rejected) * 2 > number:
                raise ExportError(_mostly_malformed(label, delimiter, found, number))
            reader = _read_csv(clean, [EXPORT_RECORD, *table.columns], ",", longest)
            record = identifier(EXPORT_RECORD)
            try:
                rows = self._copy(f"select * replace ({record}::bigint as {record}) from {reader}", target)
            except duckdb.Error as error:
                reason = str(error).splitlines()[0]
                raise LandingError(f"{label} could not be written to the archive: {reason}") from error
            finally:
                self._forget_rejects()
        if rows != found.rows:
            raise LandingError(
                f"{label}: {found.rows} well-formed records were read, but {rows} arrived in the archive. "
                "Nothing "
                f"has been landed. Please report this with the file's header; exporting the file as Parquet "
                f"avoids the problem."
            )
        return found

    def _copy(self, query: str, target: Path) -> int:
        written = f"copy ({query}) to {literal(str(target))} (format parquet, compression zstd)"
        row = self._connection.execute(written).fetchone()
        return int(row[0]) if row else 0

    def _forget_rejects(self) -> None:
        for name in ("reject_errors", "reject_scans"):
            self._connection.execute(f"drop table if exists temp.{name}")


def _separate(
    source: Path, delimiter: str, skip_lines: int, table: ArchivedTable, clean: Path
) -> tuple[ArchivedTable, int]:
    """Writes the well-formed records to `clean`; returns what was counted, and the longest record in
    characters.
    """
    width, number, blank, longest = len(table.columns), 0, 0, 0
    rejected: list[RejectedLine] = []
    with open_text(source, "utf-8") as text, clean.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
        writer.writerow(
            [EXPORT_RECORD, *table.columns]
        )  # also shows DuckDB the line ends before any quoted ones
        seen_header = False
        for record in records(islice(text, skip_lines, None), delimiter, skip_lines + 1):
            if record.blank:
                blank += 1
            elif not seen_header:
                seen_header = True
            else:
                number += 1
                fields = record.fields
                while fields is not None and len(fields) > width and not fields[-1]:
                    fields = fields[:-1]  # delimiters at the end of the line are no further values
                if fields is not None and len(fields) == width:
                    longest = max(longest, len(record.text))
                    writer.writerow([number, *fields])
                else:
                    reason = record.reason or _width_reason(len(fields or ()), width)
                    rejected.append(RejectedLine(record.line, number, reason, record.text.rstrip("\r\n")))
    found = replace(
        table,
        rows=number - len(rejected),
        blank_lines=blank,
        preamble_lines=skip_lines,
        numbered=True,
        rejected=rejected,
    )
    return found, longest


def _read_csv(source: Path, columns: list[str], delimiter: str, longest: int = 0) -> str:
    # No `new_line`: where it is given, DuckDB 1.5.5 may return no rows and no error.
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in columns)
    compression = "gzip" if source.name.lower().endswith(".gz") else "none"
    longest_line = max(2_097_152, longest * 8 + 1_000_000)  # bytes
    return (
        f"read_csv({glob_literal(str(source))}, columns = {{{types}}}, auto_detect = false, "
        f"header = true, delim = {literal(delimiter)}, quote = '\"', escape = '\"', "
        "nullstr = '', "
        f"strict_mode = true, max_line_size = {longest_line}, compression = {literal(compression)}, "
        f"store_rejects = true, rejects_limit = 100)"
    )


def _width_reason(found: int, width: int) -> str:
    return f"{found} value{'s' if found != 1 else ''} where the header has {width} columns"


def _mostly_malformed(label: str, delimiter: str, table: ArchivedTable, number: int) -> str:
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    first = table.rejected[0]
    return (
        f"{label}: {len(table.rejected)} of {number} records do not fit the header ({len(table.columns)} "
        "columns, "
        f"read with the delimiter `{shown}`): line {first.line} has {first.reason}: {first.text[:120]!r}. "
        "Is the "
        "header the file's first line? If not, give `skip_lines` in exports.yml; if the delimiter is "
        "another one, "
        f"give `delimiter`."
    )
