"""What the archive knows about a file that has been read, and how its files are written: whole or not."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.landing.contracts import EXPORT_FILE, EXPORT_RECORD

RESERVED = frozenset({EXPORT_FILE, EXPORT_RECORD, "file_row_number"})


@dataclass(frozen=True)
class ReadOptions:
    """How the bytes of a text file are to be read; None = find out."""

    delimiter: str | None = None
    encoding: str | None = None
    skip_lines: int = 0


@dataclass(frozen=True)
class RejectedLine:
    """A malformed line: its physical line (from 1) and its record number (from 1 after the header)."""

    line: int
    record: int
    reason: str
    text: str


@dataclass(frozen=True)
class ArchivedTable:
    """One file as it lies in the archive.

    `header` is as written, `columns` the unique names in the Parquet file. `numbered` tables carry their
    record numbers as a column; in the others it is the row's position. `types` are the column types of an
    export that came as Parquet (empty for text: everything is varchar). `empty` = not even a header, so there
    is no Parquet file.
    """

    key: str
    content_hash: str
    bytes: int
    header: list[str]
    columns: list[str]
    rows: int
    blank_lines: int = 0
    preamble_lines: int = 0
    numbered: bool = False
    types: dict[str, str] = field(default_factory=dict)
    empty: bool = False
    rejected: list[RejectedLine] = field(default_factory=list)

    @property
    def records_in(self) -> int:
        """Everything the file holds: well-formed, malformed, blank and preamble lines."""
        return self.rows + len(self.rejected) + self.blank_lines + self.preamble_lines


def unique_names(header: list[str]) -> list[str]:
    """Column names that differ in more than case, none empty, none like the warehouse's own."""
    taken: set[str] = set(RESERVED)
    unique: list[str] = []
    for position, name in enumerate(header, start=1):
        base = name.replace("\x00", "") if name.strip() else f"column_{position}"
        candidate, count = base, 1
        while candidate.casefold() in taken:
            count += 1
            candidate = f"{base}_{count}"
        taken.add(candidate.casefold())
        unique.append(candidate)
    return unique


@contextmanager
def temporary(folder: Path, suffix: str) -> Iterator[Path]:
    """An empty file in the folder, gone at the end unless it was published."""
    handle, name = tempfile.mkstemp(prefix=".landing-", suffix=suffix, dir=folder)
    os.close(handle)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def publish(written: Path, final: Path) -> None:
    """Gives a completely written file its name, in one step."""
    with written.open("rb") as stream:
        os.fsync(stream.fileno())
    written.chmod(0o640)  # exports hold personal data
    os.replace(written, final)


def write_text(path: Path, text: str) -> None:
    """Writes a small file in one step."""
    with temporary(path.parent, path.suffix) as written:
        written.write_text(text, encoding="utf-8")
        publish(written, path)
