"""Older versions of a record: an export may hold the same key twice, and the later one counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.timeline import IntArray


@dataclass(frozen=True)
class Versions:
    """Rows of an export with older versions among them.

    row: which record each exported row is a version of; is_old: whether it is superseded.
    """

    row: IntArray
    is_old: NDArray[np.bool_]

    def pick(self, values: NDArray, older: NDArray | int | bool | None = None) -> NDArray:
        """`values` by exported row, with `older` (same length as values, or one value) in old ones."""
        chosen = values[self.row]
        if older is None:
            return chosen
        old = older[self.row] if isinstance(older, np.ndarray) else older
        return np.where(self.is_old, old, chosen)


def draw_versions(rng: np.random.Generator, candidates: NDArray[np.bool_], share: float) -> Versions:
    """Older versions for a share of the candidates (at least two), before or after the newer one."""
    count = len(candidates)
    possible = np.flatnonzero(candidates)
    number = min(len(possible), max(2, round(share * count)))
    old = np.sort(rng.choice(possible, number, replace=False))
    row = np.concatenate((np.arange(count), old))
    is_old = np.concatenate((np.zeros(count, dtype=bool), np.ones(number, dtype=bool)))
    place = np.concatenate((np.zeros(count, dtype=np.int64), np.where(np.arange(number) % 2, 1, -1)))
    order = np.lexsort((place, row))
    return Versions(row[order], is_old[order])
