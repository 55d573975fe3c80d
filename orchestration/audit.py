"""The audit: what the build's checks found, and in words which of it stops publishing and where to look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from orchestration.dbt_project import NodeResult
from orchestration.manifest import Manifest, Node, check_description, checked_node, table_of
from orchestration.text import plain_table, plural

ROWS_SHOWN = 5
RELEASE_STAYS = "Nothing was published: readers keep the last good release."


@dataclass(frozen=True)
class Finding:
    """A check that did not pass, or a model that could not be built."""

    name: str
    description: str
    table: str | None
    failures: int
    message: str | None
    file: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Audit:
    """Outcome of a build: what blocks publishing, what is only reported, and how much was looked at."""

    passed: int
    warnings: list[Finding]
    failures: list[Finding]
    model_errors: list[Finding]
    skipped_checks: int
    skipped_tables: int

    @property
    def ok(self) -> bool:
        """Whether the build may be published."""
        return not (self.failures or self.model_errors or self.skipped_checks or self.skipped_tables)

    @property
    def failed_count(self) -> int:
        """Blocking checks that failed or could not run."""
        return len(self.failures)


def audit(manifest: Manifest, results: Sequence[NodeResult], build_file: Path) -> Audit:
    """Sort the results of a build; the first failing rows are read from the build file."""
    checks = [result for result in results if result.is_check]
    built = [result for result in results if not result.is_check]
    return Audit(
        passed=sum(result.status == "pass" for result in checks),
        warnings=[_finding(manifest, result, build_file) for result in checks if result.status == "warn"],
        failures=[
            _finding(manifest, result, build_file)
            for result in checks
            if result.status in ("fail", "error", "runtime error")
        ],
        model_errors=[
            _finding(manifest, result, None)
            for result in built
            if result.status in ("error", "runtime error", "partial success")
        ],
        skipped_checks=sum(result.status == "skipped" for result in checks),
        skipped_tables=sum(result.status == "skipped" for result in built),
    )


def failing_rows(
    sql: str | None, build_file: Path, limit: int = ROWS_SHOWN
) -> tuple[list[str], list[list[Any]]]:
    """Columns and first rows of a check's query; nothing when it cannot be run."""
    if not sql:
        return [], []
    try:
        with duckdb.connect(str(build_file), read_only=True) as connection:
            cursor = connection.execute(f"select * from (\n{sql}\n) as failing limit {limit}")
            columns = [column[0] for column in cursor.description or []]
            return columns, [list(row) for row in cursor.fetchall()]
    except duckdb.Error:
        return [], []


def blocking_message(found: Audit) -> str:
    """What stopped the refresh and what to do, for a person at a terminal."""
    parts = [_model_error(finding) for finding in found.model_errors]
    parts += [_failed_check(finding) for finding in found.failures]
    skipped = []
    if found.skipped_tables:
        skipped.append(plural(found.skipped_tables, "table"))
    if found.skipped_checks:
        skipped.append(plural(found.skipped_checks, "check"))
    if skipped:
        parts.append(f"Not run because of this: {' and '.join(skipped)} that depend on what failed.")
    parts.append(RELEASE_STAYS + "\n" + _advice(found))
    return "\n\n".join(parts)


def _advice(found: Audit) -> str:
    addressed = any("_export_file" in finding.columns for finding in found.failures)
    if addressed:
        return (
            "What to do: open the export named in `_export_file` at record `_export_record` (1 = first record after the "
            "header), correct it at its source, export again and refresh."
        )
    if found.failures:
        return (
            "What to do: query the table above in the build file (build/kpi.duckdb; it is not what readers see), correct "
            "the exports, or the model when the rule itself is wrong, and refresh."
        )
    return "What to do: correct the model named above, and refresh."


def _failed_check(finding: Finding) -> str:
    lines = [f"Check failed: {finding.name}"]
    if finding.description:
        lines.append(f"  {finding.description}")
    on = f"on {finding.table}: " if finding.table else ""
    if finding.failures:
        shown = (
            f", the first {len(finding.rows)}:"
            if finding.failures > len(finding.rows) > 0
            else ":"
            if finding.rows
            else ""
        )
        lines.append(f"  {on}{plural(finding.failures, 'row')}{shown}")
    else:
        lines.append(f"  {on}{(finding.message or 'it could not be run').strip()}")
    if finding.rows:
        lines += ["    " + line for line in plain_table(finding.columns, finding.rows)]
    lines.append(f"  The rule: {finding.file}")
    return "\n".join(lines)


def _model_error(finding: Finding) -> str:
    message = (finding.message or "no message").strip().replace("\n", "\n  ")
    return f"Table not built: {finding.table or finding.name} ({finding.file})\n  {message}"


def _finding(manifest: Manifest, result: NodeResult, build_file: Path | None) -> Finding:
    node: Node = manifest["nodes"].get(result.unique_id, {})
    columns: list[str] = []
    rows: list[list[Any]] = []
    if build_file is not None and result.failures:
        columns, rows = failing_rows(result.sql, build_file)
    subject: Mapping[str, Any] | None = node or None
    if result.is_check:
        checked = checked_node(manifest, node) if node else None
        subject = manifest["nodes"].get(checked) if checked else None
    return Finding(
        name=node.get("name", result.unique_id),
        description=check_description(manifest, node) if result.is_check else "",
        table=table_of(subject).label if subject else None,
        failures=result.failures,
        message=result.message,
        file=node.get("original_file_path", ""),
        columns=columns,
        rows=rows,
    )
