"""Comparing published tables with the truth of a simulated company."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import duckdb

MONEY = 0.001
"""Quotients of money are told with six digits by the truth and with four by the tables."""


@dataclass
class Comparison:
    """Collects every difference, so that a failure shows all of them."""

    compared: int = 0
    differences: list[str] = field(default_factory=list)

    def equal(self, what: object, found: Any, expected: Any, tolerance: float = 1e-6) -> None:
        self.compared += 1
        same = found is None and expected is None
        if found is not None and expected is not None:
            same = abs(float(found) - float(expected)) <= tolerance
        if not same:
            self.differences.append(f"{what}: the table says {found}, the truth {expected}")

    def each(
        self, what: object, found: Iterable[Any], truth: dict[str, Any], keys: str, tolerance: float = 1e-6
    ) -> None:
        for value, key in zip(found, keys.split(), strict=True):
            self.equal(f"{what} {key}", value, truth[key], tolerance)

    def nothing_else(self, found: Iterable[Any], expected: Iterable[Any]) -> None:
        """Every key of the table is one that the truth has, too."""
        for key in set(found) - set(expected):
            self.differences.append(f"{key}: the table has a row, the truth none")

    def assert_no_difference(self, at_least: int) -> None:
        assert not self.differences, f"{len(self.differences)} of {self.compared}:\n" + "\n".join(
            self.differences[:30]
        )
        assert self.compared >= at_least


@dataclass(frozen=True)
class Company:
    truth: dict[str, Any]
    database: duckdb.DuckDBPyConnection

    def one(self, sql: str, *parameters: Any) -> tuple[Any, ...] | None:
        return self.database.execute(sql, parameters).fetchone()

    def table(self, sql: str, keys: int) -> dict[tuple[Any, ...], tuple[Any, ...]]:
        """Rows by their first `keys` columns."""
        rows = self.database.execute(sql).fetchall()
        found = {row[:keys]: row[keys:] for row in rows}
        assert len(found) == len(rows), "the keys are not unique"
        return found


def month(period: str) -> str | None:
    return None if period == "all" else period


def scopes(truth: dict[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    for scope_id, periods in truth.items():
        for period, values in periods.items():
            yield "all" if scope_id == "all" else "rep", scope_id, period, values


PERIOD_AND_SCOPE = "period_month is not distinct from ?::date and scope_kind = ? and scope_id = ?"
PERIOD = "coalesce(cast(period_month as varchar), 'all')"
SCOPES = "scope_kind in ('all', 'rep')"
