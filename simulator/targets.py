"""What management wants KPIs to reach, by scope and period: sensible aims, one of them corrected later."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.deals import Deals
from simulator.leads import Leads
from simulator.money import EUR, TRY, USD, ExchangeRates
from simulator.orders import Orders
from simulator.staff import Partners, Staff
from simulator.timeline import IntArray, Timeline, local_day, month_text

MONTH, QUARTER, YEAR = range(3)
PERIODS = ("month", "quarter", "year")
MONTHS_OF = (1, 3, 12)
ALL, REP, TEAM, PARTNER = range(4)
SCOPES = ("all", "rep", "team", "partner")
TEAM_CURRENCY = (TRY, EUR, EUR, USD)
EVERYONE = -1


@dataclass(frozen=True)
class Target:
    """One row of the file; value, warning and critical are texts as written, period_start a day such as 2024-01-01.

    scope: number of the rep, team or partner, `EVERYONE` for all. is_old: a later row of the file has the same key.
    """

    kpi_id: str
    scope_kind: int
    scope: int
    period_kind: int
    period_start: str
    value: str
    warning: str | None = None
    critical: str | None = None
    minimum_n: int | None = None
    currency: int | None = None
    is_old: bool = False


def draw_targets(
    rng: np.random.Generator,
    timeline: Timeline,
    rates: ExchangeRates,
    staff: Staff,
    partners: Partners,
    leads: Leads,
    deals: Deals,
    orders: Orders,
) -> list[Target]:
    """Aims around what is usual, rising over time; there are few: they grow with people and months only."""
    months = range(timeline.months)
    won = np.flatnonzero(deals.is_won & ~deals.is_deleted)
    won_cents = rates.to_base(deals.amount[won], deals.currency[won], local_day(deals.created_at[won])) // 100
    team_of = staff.team[staff.first_rep :]
    team_cents = np.bincount(team_of[deals.owner[won]], won_cents, staff.teams)
    revenue_cents = rates.to_base(orders.amount, orders.currency, orders.day).sum() // 100
    drawn = _Writer(rng, timeline, rates)
    for month in months:
        drawn.money("won_amount", ALL, EVERYONE, MONTH, month, won_cents.sum())
        drawn.money("revenue", ALL, EVERYONE, MONTH, month, revenue_cents)
        drawn.money("open_pipeline", ALL, EVERYONE, MONTH, month, 3 * won_cents.sum())
        drawn.count("leads_created", ALL, EVERYONE, MONTH, month, len(leads) / timeline.months)
        drawn.add("win_rate", ALL, EVERYONE, MONTH, month, "0.34", "0.30", "0.25", minimum_n=20)
        drawn.add("close_rate", ALL, EVERYONE, MONTH, month, "0.08", minimum_n=30)
        drawn.add("sales_cycle", ALL, EVERYONE, MONTH, month, "50", "55", "65", minimum_n=5)
        drawn.add("roas", ALL, EVERYONE, MONTH, month, "3", "2", "1")
        drawn.add("response_within_1h", ALL, EVERYONE, MONTH, month, "0.5", "0.4", "0.3", minimum_n=20)
        drawn.add("call_conversion", ALL, EVERYONE, MONTH, month, "32", "30", "20", minimum_n=50)
        for team in range(staff.teams):
            currency = TEAM_CURRENCY[team % len(TEAM_CURRENCY)]
            drawn.money("won_amount", TEAM, team, MONTH, month, team_cents[team], currency)
            drawn.money("open_pipeline", TEAM, team, MONTH, month, 3 * team_cents[team])
    for month in drawn.starts(QUARTER):
        drawn.money("revenue", ALL, EVERYONE, QUARTER, month, 3 * revenue_cents)
        drawn.add("average_deal_size", ALL, EVERYONE, QUARTER, month, "11000", minimum_n=5)
        drawn.add("sales_cycle", ALL, EVERYONE, QUARTER, month, "50", minimum_n=5)
        for team in range(staff.teams):
            drawn.add("call_conversion", TEAM, team, QUARTER, month, "32", minimum_n=5)
        drawn.count("open_deals", ALL, EVERYONE, QUARTER, month, 4 * len(won) / timeline.months)
        for rep in range(staff.reps):
            drawn.add("deal_count", REP, rep, QUARTER, month, str(int(rng.integers(1, 4))))
            if rep % 3 == 0:
                drawn.add("win_rate", REP, rep, QUARTER, month, "0.33", minimum_n=5)
        for partner in range(len(partners)):
            drawn.add("deal_count", PARTNER, partner, QUARTER, month, "1")
    for month in drawn.starts(YEAR):
        drawn.money("won_amount", ALL, EVERYONE, YEAR, month, 12 * won_cents.sum())
        drawn.add("close_rate", ALL, EVERYONE, YEAR, month, "0.08", minimum_n=30)
    return drawn.with_correction()


class _Writer:
    """Writes the rows down; amounts get the rate of the period's first day and are rounded as people round."""

    def __init__(self, rng: np.random.Generator, timeline: Timeline, rates: ExchangeRates) -> None:
        self.rng, self.timeline, self.rates = rng, timeline, rates
        self.rows: list[Target] = []

    def starts(self, period_kind: int) -> list[int]:
        """Months of the timeline with which a quarter or a year begins."""
        length = MONTHS_OF[period_kind]
        return [m for m in range(self.timeline.months) if (self.timeline.first_month + m) % length == 0]

    def add(
        self, kpi_id: str, scope_kind: int, scope: int, period_kind: int, month: int, value: str,
        warning: str | None = None, critical: str | None = None, minimum_n: int | None = None,
        currency: int | None = None,
    ) -> None:  # fmt: skip
        start = month_text(self.timeline.first_month + month)
        self.rows.append(
            Target(
                kpi_id, scope_kind, scope, period_kind, start, value, warning, critical, minimum_n, currency
            )
        )

    def count(
        self, kpi_id: str, scope_kind: int, scope: int, period_kind: int, month: int, usual: float
    ) -> None:
        self.add(
            kpi_id, scope_kind, scope, period_kind, month, str(max(1, round(usual * self._stretch(month))))
        )

    def money(
        self, kpi_id: str, scope_kind: int, scope: int, period_kind: int, month: int, cents: float,
        currency: int = EUR,
    ) -> None:  # fmt: skip
        """A target about `cents` of the whole time in the reporting currency, for one month of it."""
        day = np.array([self.timeline.month_start(month)])
        rate = int(self.rates.at(np.array([currency]), day)[0])
        usual = float(cents) / 100 / self.timeline.months * self._stretch(month) * 1_000_000 / rate
        value = str(max(1, round(usual / 500)) * 500)
        # the reporting currency often goes without saying
        said = None if currency == EUR and self.rng.random() < 0.5 else currency
        self.add(kpi_id, scope_kind, scope, period_kind, month, value, currency=said)

    def _stretch(self, month: int) -> float:
        return 0.75 + 0.5 * month / self.timeline.months + 0.1 * self.rng.random()

    def with_correction(self) -> list[Target]:
        """The rows, the first of them a correction of an older one, and a target of the month to come."""
        first = self.rows[0]
        corrected = Target(**{**vars(first), "value": "1", "is_old": True})
        coming = month_text(self.timeline.first_month + self.timeline.months)
        return [
            corrected,
            *self.rows,
            Target("won_amount", ALL, EVERYONE, MONTH, coming, "200000", currency=USD),
        ]


def scope_numbers(targets: list[Target], scope_kind: int) -> IntArray:
    """(targets,) number within the scope kind, -1 for rows of another kind."""
    return np.array([t.scope if t.scope_kind == scope_kind else -1 for t in targets], dtype=np.int64)


def codes(targets: list[Target], name: str, absent: int = -1) -> NDArray[np.int64]:
    """(targets,) a whole-number field, `absent` where there is none."""
    values = [getattr(target, name) for target in targets]
    return np.array([absent if value is None else value for value in values], dtype=np.int64)
