"""What a landing did, as data for the run's log and as text for a person."""

from dataclasses import dataclass, field
from typing import Any

from orchestration.landing.tables import RejectedLine


@dataclass(frozen=True)
class FileReport:
    """One file and one object it feeds. `rows_in` = landed + malformed + skipped (blank, preamble, filtered,
    repeated).
    """

    system: str
    object: str
    file: str
    content_hash: str
    bytes: int
    modified_at: str
    rows_in: int
    rows_landed: int
    rows_malformed: int
    rows_skipped: int
    rows_filtered: int = 0  # of the skipped: by only_rows or one_row_per
    rejected: tuple[RejectedLine, ...] = ()
    duplicate_of: str | None = None
    mapping_line: int | None = None
    columns_by_name: tuple[str, ...] = ()
    columns_not_used: tuple[str, ...] = ()
    columns_missing: tuple[str, ...] = ()


@dataclass
class LandingReport:
    """The whole landing: files, warnings that a person should read, notes that need no action, dbt vars."""

    files: list[FileReport] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files_not_matched: list[str] = field(default_factory=list)
    objects_not_exported: list[str] = field(default_factory=list)
    vars: dict[str, Any] = field(default_factory=dict)
    files_read: int = 0

    @property
    def rows_landed(self) -> int:
        """Rows over all objects."""
        return sum(file.rows_landed for file in self.files)

    def warn(self, message: str) -> None:
        """Adds a warning once."""
        if message not in self.warnings:
            self.warnings.append(message)

    def text(self) -> str:
        """A table of what landed, then warnings and notes."""
        rows = [("object", "file", "rows in", "landed", "malformed", "skipped")]
        for file in self.files:
            name = f"{file.file} (same content as {file.duplicate_of})" if file.duplicate_of else file.file
            counts = (file.rows_in, file.rows_landed, file.rows_malformed, file.rows_skipped)
            rows.append((f"{file.system}.{file.object}", name, *(f"{count:,}" for count in counts)))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = []
        for row in rows:
            cells = [
                cell.ljust(width) if column < 2 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join(cells).rstrip())
        for file in self.files:
            label = f"{file.file} -> {file.object}"
            if file.mapping_line and file.columns_by_name:
                lines.append(f"{label}: taken by their name: {', '.join(file.columns_by_name)}")
            if file.columns_not_used:
                what = "not used" if file.mapping_line else "not in the contract, kept in the raw table"
                lines.append(f"{label}: {what}: {_few(file.columns_not_used)}")
            if file.columns_missing:
                lines.append(f"{label}: not in the file, left empty: {_few(file.columns_missing)}")
            for bad in file.rejected[:3] if not file.duplicate_of else ():
                lines.append(f"{label}: line {bad.line} is malformed: {bad.reason}: {bad.text[:100]!r}")
        lines += [f"WARNING: {message}" for message in self.warnings]
        lines += [f"note: {message}" for message in self.notes]
        return "\n".join(lines)


def _few(names: tuple[str, ...]) -> str:
    return ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
