"""Currencies, exchange rates and exact conversion into the reporting currency.

Amounts are int64 cents. Rates are int64 millionths of a euro for one unit. Amounts in the reporting
currency are int64 ten-thousandths of a euro, rounded half up for each row, so that every sum is
exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from simulator.timeline import IntArray, Timeline

CURRENCIES = ("EUR", "USD", "TRY", "CNY", "GBP")
EUR, USD, TRY, CNY, GBP = range(5)
# Euro for one unit: in the beginning, and drift and volatility by business day.
FIRST_RATE = np.array([1.0, 0.9376, 0.0501, 0.1359, 1.1298])
DAILY_DRIFT = np.array([0.0, 0.00004, -0.00115, -0.00003, 0.00011])
DAILY_VOLATILITY = np.array([0.0, 0.0045, 0.0075, 0.0042, 0.0036])
# Rates start early enough for the first day to have one, whatever its weekday.
LEAD_DAYS = 7


@dataclass(frozen=True)
class ExchangeRates:
    """Rates on business days.

    business_days: (b,) local days, increasing.
    millionths: (b, 5) euro for one unit of each currency.
    """

    business_days: IntArray
    millionths: NDArray[np.int64]

    def at(self, currency: IntArray, day: IntArray) -> IntArray:
        """The rate of the last business day on or before `day`, in millionths."""
        position = np.searchsorted(self.business_days, day, side="right") - 1
        if np.any(position < 0):
            raise AssertionError("an amount lies before the first exchange rate")
        return self.millionths[position, currency]

    def to_base(self, cents: IntArray, currency: IntArray, day: IntArray) -> IntArray:
        """Ten-thousandths of a euro, rounded half up; `cents` must not be negative."""
        return (cents * self.at(currency, day) + 5_000) // 10_000


def draw_exchange_rates(rng: np.random.Generator, timeline: Timeline) -> ExchangeRates:
    """A random walk for each currency, on weekdays that are not fixed bank holidays."""
    days = np.arange(timeline.first_day - LEAD_DAYS, timeline.end_day)
    dates = days.astype("datetime64[D]")
    month_day = (
        (dates.astype("datetime64[M]").astype(np.int64) % 12 + 1) * 100
        + (dates - dates.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64)
        + 1
    )
    is_holiday = np.isin(month_day, [101, 501, 1225, 1226])
    business_days = days[((days + 3) % 7 < 5) & ~is_holiday]
    steps = DAILY_DRIFT + DAILY_VOLATILITY * rng.standard_normal((len(business_days), 5))
    rates = FIRST_RATE * np.exp(np.cumsum(steps, axis=0) - steps[0])
    return ExchangeRates(business_days, np.maximum(1, np.rint(rates * 1e6)).astype(np.int64))


def base_text(ten_thousandths: int) -> str:
    """`1234.5000` for ten-thousandths of a euro."""
    return str(Decimal(int(ten_thousandths)).scaleb(-4))
