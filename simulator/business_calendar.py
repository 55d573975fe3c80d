"""When the company is open: Monday to Friday, 9 to 18, without the public holidays of Türkiye."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from simulator.timeline import DAY_MS, HOUR_MS, IntArray, Timeline, day_number, local_day, local_midnight

OPENS_AT, CLOSES_AT = 9, 18
WORKDAYS = range(1, 6)
HALF_DAY_ENDS_AT = 13
FIXED_HOLIDAYS = (
    (1, 1, "Yılbaşı"),
    (4, 23, "Ulusal Egemenlik ve Çocuk Bayramı"),
    (5, 1, "Emek ve Dayanışma Günü"),
    (5, 19, "Atatürk'ü Anma, Gençlik ve Spor Bayramı"),
    (7, 15, "Demokrasi ve Millî Birlik Günü"),
    (8, 30, "Zafer Bayramı"),
    (10, 29, "Cumhuriyet Bayramı"),
)
# First day of each religious holiday; the day before it ends at noon. Years outside have the fixed ones only.
RAMADAN = ((2022, 5, 2), (2023, 4, 21), (2024, 4, 10), (2025, 3, 30), (2026, 3, 20))
SACRIFICE = ((2022, 7, 9), (2023, 6, 28), (2024, 6, 16), (2025, 6, 6), (2026, 5, 27))
RAMADAN_DAYS, SACRIFICE_DAYS = 3, 4


def holidays(timeline: Timeline) -> dict[date, tuple[str, int | None]]:
    """day -> name and the hour at which a half day ends (None: closed all day), for every simulated year."""
    epoch = date(1970, 1, 1)
    years = range(
        (epoch + timedelta(timeline.first_day)).year, (epoch + timedelta(timeline.end_day)).year + 1
    )
    found: dict[date, tuple[str, int | None]] = {}
    for year in years:
        found[date(year, 10, 28)] = ("Cumhuriyet Bayramı arifesi", HALF_DAY_ENDS_AT)
    for name, firsts, days in (
        ("Ramazan Bayramı", RAMADAN, RAMADAN_DAYS),
        ("Kurban Bayramı", SACRIFICE, SACRIFICE_DAYS),
    ):
        for year, month, day in firsts:
            if year in years:
                first = date(year, month, day)
                found[first - timedelta(1)] = (f"{name} arifesi", HALF_DAY_ENDS_AT)
                for number in range(days):
                    found[first + timedelta(number)] = (name, None)
    for year in years:
        for month, day, name in FIXED_HOLIDAYS:
            found[date(year, month, day)] = (name, None)
    return dict(sorted(found.items()))


def open_milliseconds(timeline: Timeline, start: IntArray, end: IntArray) -> IntArray:
    """Open time between instants: for every day in between, what it shares with the opening hours."""
    special = holidays(timeline)
    known = np.array([day_number(day) for day in special], dtype=np.int64)
    ends = np.array([OPENS_AT if hour is None else hour for _, hour in special.values()], dtype=np.int64)
    total = np.zeros(len(start), dtype=np.int64)
    rows = np.arange(len(start))
    day = local_day(start)
    while len(rows):
        is_workday = (day + 3) % 7 < len(WORKDAYS)  # 1970-01-01 was a Thursday
        closes = np.where(is_workday, CLOSES_AT, OPENS_AT)
        place = np.minimum(np.searchsorted(known, day), len(known) - 1)
        closes = np.where(known[place] == day, np.minimum(closes, ends[place]), closes)
        midnight = local_midnight(day)
        earliest = np.maximum(start[rows], midnight + OPENS_AT * HOUR_MS)
        latest = np.minimum(end[rows], midnight + closes * HOUR_MS)
        total[rows] += np.maximum(0, latest - earliest)
        goes_on = midnight + DAY_MS <= end[rows]
        rows, day = rows[goes_on], day[goes_on] + 1
    return total
