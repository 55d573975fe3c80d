"""Counting by scope and month, and writing the counts down as text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
from numpy.typing import NDArray

from simulator.timeline import IntArray, Timeline

ALL = "all"


def quotient(numerator: int, denominator: int, digits: int = 6) -> str | None:
    """A rounded quotient as text; None for a zero denominator."""
    if not denominator:
        return None
    step = Decimal(1).scaleb(-digits)
    return str((Decimal(int(numerator)) / Decimal(int(denominator))).quantize(step, ROUND_HALF_UP))


def base_quotient(ten_thousandths: int, count: int) -> str | None:
    """Euro for each of `count` things, from a sum of ten-thousandths of a euro."""
    return quotient(ten_thousandths, count * 10_000)


def describe(values: NDArray) -> dict[str, int | str | None]:
    """count, mean, median and p90 (linear interpolation between neighbours)."""
    if not len(values):
        return {"count": 0, "mean": None, "median": None, "p90": None}
    median, p90 = np.percentile(values, [50, 90])
    return {
        "count": len(values),
        "mean": quotient(values.sum(), len(values)),
        "median": f"{median:.6f}",
        "p90": f"{p90:.6f}",
    }


@dataclass(frozen=True)
class Cells:
    """Scopes x months, with a total in the last row and the last column.

    scopes: names of the scopes, without `all`; months: texts of the months.
    """

    scopes: list[str]
    months: list[str]

    @classmethod
    def of(cls, timeline: Timeline, scopes: list[str]) -> Cells:
        return cls(scopes, timeline.month_texts())

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.scopes) + 1, len(self.months) + 1

    def total(self, scope: IntArray, month: IntArray, value: IntArray | None = None) -> NDArray[np.int64]:
        """Sum of `value` (or number of rows) in each cell; exact, in whole numbers."""
        grid = np.zeros(self.shape, dtype=np.int64)
        np.add.at(grid, (scope, month), 1 if value is None else value)
        grid[-1, :-1] = grid[:-1, :-1].sum(axis=0)
        grid[:, -1] = grid[:, :-1].sum(axis=1)
        return grid

    def groups(
        self, scope: IntArray, month: IntArray, value: IntArray
    ) -> dict[tuple[int, int], NDArray[np.int64]]:
        """The values of each cell that has any, totals included."""
        last_scope, last_month = self.shape[0] - 1, self.shape[1] - 1
        result: dict[tuple[int, int], NDArray[np.int64]] = {}
        anywhere, any_time = np.full(len(value), last_scope), np.full(len(value), last_month)
        for rows, columns in ((scope, month), (scope, any_time), (anywhere, month), (anywhere, any_time)):
            key = rows * self.shape[1] + columns
            order = np.argsort(key, kind="stable")
            present, start = np.unique(key[order], return_index=True)
            parts = np.split(value[order], start[1:])
            for one, part in zip(present, parts, strict=False):
                result[divmod(int(one), self.shape[1])] = part
        return result

    def names(self) -> Iterator[tuple[str, str, int, int]]:
        """(scope, period, row, column) of every cell."""
        for row, scope in enumerate([*self.scopes, ALL]):
            for column, month in enumerate([*self.months, ALL]):
                yield scope, month, row, column
