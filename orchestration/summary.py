"""What a refresh tells when it is over: tables, checks, reconciliation and the headline figures of the release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from orchestration.audit import Audit
from orchestration.manifest import Headline, Table, quoted
from orchestration.publishing import Release
from orchestration.text import plain_table, plural

FORMATS = ("percent", "money", "number", "days")


@dataclass(frozen=True)
class Figure:
    """A headline with its value; `value` is None when there is no data, `problem` says why it cannot be computed."""

    headline: Headline
    value: Any = None
    n: Any = None
    low: Any = None
    high: Any = None
    problem: str | None = None


@dataclass(frozen=True)
class Summary:
    """Everything the closing lines of a refresh need."""

    door: str
    as_of: str | None
    release: Release
    audit: Audit
    reconciliation: Mapping[str, Any] = field(default_factory=dict)
    figures: Sequence[Figure] = ()
    landing_warnings: Sequence[str] = ()
    currency: str = ""


def figures(release: Release, headlines: Sequence[Headline]) -> list[Figure]:
    """Ask the release for each headline; one that fails is reported, since the release is already published."""
    found = []
    with duckdb.connect(str(release.database), read_only=True) as connection:
        for headline in headlines:
            expressions = [headline.value, headline.n, headline.low, headline.high]
            select = ", ".join(expression or "null" for expression in expressions)
            where = f" where {headline.where}" if headline.where else ""
            try:
                rows = connection.execute(
                    f"select {select} from {headline.table.sql()}{where} limit 2"
                ).fetchall()
            except duckdb.Error as error:
                found.append(Figure(headline, problem=str(error).splitlines()[0]))
                continue
            if len(rows) > 1:
                found.append(
                    Figure(headline, problem="more than one row: aggregate `value` or narrow `where`")
                )
            else:
                found.append(Figure(headline, *(rows[0] if rows else (None, None, None, None))))
    return found


def reconciliation_totals(release: Release, table: Table | None) -> dict[str, Any]:
    """Sums of the `rows_*` columns and of `difference` over all export files; empty when there is no such table."""
    if table is None:
        return {}
    with duckdb.connect(str(release.database), read_only=True) as connection:
        columns = [
            name
            for (name,) in connection.execute(
                "select column_name from duckdb_columns() where schema_name = ? and table_name = ? "
                "and (starts_with(column_name, 'rows_') or column_name = 'difference') order by column_index",
                [table.schema, table.name],
            ).fetchall()
        ]
        if not columns:
            return {}
        sums = ", ".join(f"sum({quoted(name)})" for name in columns)
        row = connection.execute(f"select {sums} from {table.sql()}").fetchone() or ()
    return {name: value or 0 for name, value in zip(columns, row, strict=False)}


def as_of(build_file: Path, table: Table | None) -> str | None:
    """The date everything is measured at (column `as_of_on` of the table with `meta: {as_of: true}`)."""
    if table is None:
        return None
    try:
        with duckdb.connect(str(build_file), read_only=True) as connection:
            row = connection.execute(f"select as_of_on from {table.sql()}").fetchone()
    except duckdb.Error:
        return None
    return str(row[0]) if row and row[0] is not None else None


def formatted(value: Any, kind: str, currency: str = "") -> str:
    """A value as people write it: proportions as percent, money with its currency, days with one decimal."""
    if value is None:
        return "no data"
    if isinstance(value, timedelta):
        value = value.total_seconds() / 86400
    if not isinstance(value, (int, float, Decimal)):
        return str(value)
    if kind == "percent":
        return f"{float(value) * 100:.1f} %"
    if kind == "money":
        return f"{value:,.0f} {currency}".rstrip()
    if kind == "days":
        return f"{float(value):,.1f} days"
    return (
        f"{value:,}"
        if float(value).is_integer() and isinstance(value, int)
        else f"{float(value):,.2f}".removesuffix(".00")
    )


def render(summary: Summary, seconds: float) -> str:
    """The closing lines as text; `seconds` is how long the refresh took."""
    release, found = summary.release, summary.audit
    blocks = [
        [
            f"Published  {release.path}",
            f"As of      {summary.as_of or 'unknown'}",
            f"Exports    {summary.door}",
            f"Checks     {found.passed:,} passed, {len(found.warnings):,} warned, {found.failed_count:,} failed",
        ]
    ]
    if summary.reconciliation:
        totals = ", ".join(f"{_words(name)} {value:,}" for name, value in summary.reconciliation.items())
        blocks[0].append(f"Rows       {totals}")
    if summary.figures:
        blocks.append(["Headlines", *("  " + line for line in _figure_lines(summary))])
    tables = [[label, f"{rows:,}"] for label, rows in sorted(release.rows.items())]
    title = f"Tables ({plural(len(tables), 'table')}, {plural(sum(release.rows.values()), 'row')})"
    blocks.append(
        [title, *("  " + line for line in plain_table(["table", "rows"], tables, right=[1], header=False))]
    )
    if found.warnings:
        blocks.append(["Warnings of checks", *("  " + line for line in _warning_lines(found))])
    if summary.landing_warnings:
        blocks.append(["Warnings of landing", *(f"  {warning}" for warning in summary.landing_warnings)])
    blocks.append(
        [
            f"Done in {seconds:.1f} s. Readers open {release.path.parent.parent / 'current' / release.database.name}"
        ]
    )
    return "\n\n".join("\n".join(block) for block in blocks)


def _warning_lines(found: Audit) -> list[str]:
    lines = []
    for finding in found.warnings:
        where = f" on {finding.table}" if finding.table else ""
        lines.append(f"{plural(finding.failures, 'row')}{where}: {finding.description or finding.name}")
    return lines


def _figure_lines(summary: Summary) -> list[str]:
    rows = []
    for figure in summary.figures:
        headline = figure.headline
        if figure.problem:
            rows.append([headline.label, f"cannot be computed ({figure.problem})", "", ""])
            continue
        interval = ""
        if figure.low is not None and figure.high is not None:
            low, high = (
                formatted(value, headline.format, summary.currency) for value in (figure.low, figure.high)
            )
            interval = f"{low} to {high}"
        n = f"n = {figure.n:,}" if figure.n is not None else ""
        rows.append([headline.label, formatted(figure.value, headline.format, summary.currency), interval, n])
    return plain_table(["", "", "", ""], rows, right=[1], header=False)


def _words(column: str) -> str:
    return column.removeprefix("rows_").replace("_", " ")
