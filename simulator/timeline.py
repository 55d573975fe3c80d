"""Local days, UTC instants and the rhythm of business: when things happen.

Instants are int64 milliseconds since 1970-01-01 UTC, days are int64 days since 1970-01-01 in the
reporting time zone. `NEVER` and `NO_DAY` stand for "did not happen".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from simulator.settings import SimulationSettings

IntArray = NDArray[np.int64]

DAY_MS = 86_400_000
HOUR_MS = 3_600_000
OFFSET_MS = 3 * HOUR_MS
NEVER = np.int64(np.iinfo(np.int64).min)
NO_DAY = np.int64(np.iinfo(np.int64).min)

# Weight of each calendar month for new demand: spring and autumn are strong, August is weak.
SEASON = np.array([0.9, 1.0, 1.2, 1.1, 1.05, 0.9, 0.75, 0.6, 1.15, 1.25, 1.15, 0.85])
# Monday to Sunday.
WEEKDAY = np.array([1.0, 1.05, 1.05, 1.0, 0.9, 0.25, 0.2])
# Weight of each local hour for things that customers start.
CUSTOMER_HOURS = np.array([1, 1, 1, 0.5, 0.5, 0.5, 1, 2, 5, 8, 9, 9, 7, 8, 9, 9, 8, 7, 5, 4, 4, 4, 3, 2.5])
# Weight of each local hour for things that the company's people do; some work late.
STAFF_HOURS = np.array(
    [0.4, 0.4, 0.1, 0, 0, 0, 0.2, 1, 5, 10, 11, 10, 6, 9, 10, 10, 9, 7, 4, 2, 1, 1, 0.6, 0.6]
)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def starts_run(key: IntArray) -> NDArray[np.bool_]:
    """True where a value differs from the one before it, and for the first."""
    starts = np.ones(len(key), dtype=bool)
    starts[1:] = key[1:] != key[:-1]
    return starts


def local_day(instant: IntArray) -> IntArray:
    """Local day of UTC instants."""
    return (instant + OFFSET_MS) // DAY_MS


def local_midnight(day: IntArray) -> IntArray:
    """UTC instant at which a local day begins."""
    return day * DAY_MS - OFFSET_MS


def month_number(day: IntArray) -> IntArray:
    """Months since 1970-01 of days."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_text(month: int) -> str:
    """`2024-03-01` for a number of months since 1970-01."""
    return f"{np.datetime64(int(month), 'M')}-01"


@dataclass(frozen=True)
class Timeline:
    """The simulated stretch of time: local days `first_day` to `end_day` - 1."""

    first_day: int
    end_day: int
    first_month: int
    months: int

    @classmethod
    def of(cls, settings: SimulationSettings) -> Timeline:
        first_month = (settings.start.year - 1970) * 12 + settings.start.month - 1
        end = np.datetime64(first_month + settings.months, "M").astype("datetime64[D]")
        return cls(day_number(settings.start), int(end.astype(np.int64)), first_month, settings.months)

    @property
    def days(self) -> int:
        return self.end_day - self.first_day

    @property
    def start_at(self) -> int:
        return self.first_day * DAY_MS - OFFSET_MS

    @property
    def end_at(self) -> int:
        """First instant after the simulated time."""
        return self.end_day * DAY_MS - OFFSET_MS

    def month_index(self, day: IntArray) -> IntArray:
        """0 for the first simulated month."""
        return month_number(day) - self.first_month

    def month_texts(self) -> list[str]:
        return [month_text(self.first_month + index) for index in range(self.months)]

    def month_start(self, index: int) -> int:
        """First local day of a simulated month."""
        month = np.datetime64(self.first_month + index, "M")
        return int(month.astype("datetime64[D]").astype(np.int64))

    def month_ends(self) -> IntArray:
        """First instant after each simulated month."""
        following = np.arange(self.first_month + 1, self.first_month + self.months + 1)
        days = following.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
        return local_midnight(days)

    def day_weights(self) -> NDArray[np.float64]:
        """Relative demand of each simulated day: season, weekday and slow growth."""
        days = np.arange(self.first_day, self.end_day)
        season = SEASON[month_number(days) % 12]
        weekday = WEEKDAY[(days + 3) % 7]  # 1970-01-01 was a Thursday
        growth = 1.0 + 0.35 * np.arange(self.days) / 730
        return season * weekday * growth

    def draw_days(self, rng: np.random.Generator, count: int) -> IntArray:
        """`count` local days by demand, unsorted."""
        cumulative = np.cumsum(self.day_weights())
        cumulative /= cumulative[-1]
        return self.first_day + np.searchsorted(cumulative, rng.random(count), side="right")


def draw_time_of_day(rng: np.random.Generator, hours: NDArray[np.float64], count: int) -> IntArray:
    """Milliseconds after local midnight, in whole seconds, by weight of the hour."""
    cumulative = np.cumsum(hours) / hours.sum()
    hour = np.searchsorted(cumulative, rng.random(count), side="right")
    return hour * HOUR_MS + rng.integers(0, 3600, count) * 1000
