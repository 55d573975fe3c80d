"""Truth about how customers begin and stay: journeys, retention of customers and of their revenue."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.company import CompanyParts
from simulator.counting import Cells, quotient
from simulator.deals import SEGMENTS
from simulator.lifecycle import ACTIVATION, CANCELLATION, EVENT_SOURCES, SIGN_UP
from simulator.money import CURRENCIES, base_text
from simulator.timeline import NO_DAY, IntArray, local_day
from simulator.truth_customers import live_orders

ACTIVE_DAYS, REPEAT_DAYS, JOURNEY_DAYS = 365, 365, 30
SOURCES = [*EVENT_SOURCES, "unknown"]
NEVER_DAY = np.int64(np.iinfo(np.int64).max)


def live_subscriptions(company: CompanyParts) -> IntArray:
    """Rows of the periods that ran for at least a day and were not deleted."""
    subscriptions = company.lifecycle.subscriptions
    ran = (subscriptions.until == NO_DAY) | (subscriptions.until >= subscriptions.day)
    return np.flatnonzero(ran & ~subscriptions.is_deleted)


def first_days(company: CompanyParts) -> tuple[IntArray, IntArray]:
    """(accounts,) days of the first order and of the first subscription; `NEVER_DAY` for none."""
    orders, subscriptions = company.orders, company.lifecycle.subscriptions
    ordered = np.full(len(company.accounts), NEVER_DAY)
    subscribed = ordered.copy()
    rows, periods = live_orders(company), live_subscriptions(company)
    np.minimum.at(ordered, orders.account[rows], orders.day[rows])
    np.minimum.at(subscribed, subscriptions.account[periods], subscriptions.day[periods])
    return ordered, subscribed


def count_customer_journeys(company: CompanyParts) -> dict[str, Any]:
    """source of the first sign-up (or 'all') -> its month (or 'all') -> customers, each once for each kind.

    unsigned_*: of customers without a sign-up, by the source and month of the event itself.
    """
    events, timeline = company.lifecycle.events, company.timeline
    people = int(events.person.max()) + 1 if len(events) else 0
    first = np.full((3, people), -1)
    latest_first = np.flatnonzero(~events.is_deleted)[::-1]  # so that the earliest is what stays
    first[events.kind[latest_first], events.person[latest_first]] = latest_first
    cells = Cells.of(timeline, SOURCES)
    month_of = timeline.month_index(local_day(events.at))
    scope_of = np.where(events.source < 0, len(EVENT_SOURCES), events.source)
    month_end = np.array([timeline.month_start(index + 1) - 1 for index in range(timeline.months)])

    def total(kind: int, signed: bool, mature: bool = False) -> IntArray:
        counted = np.flatnonzero((first[kind] >= 0) & ((first[SIGN_UP] >= 0) == signed))
        row = first[SIGN_UP if signed else kind, counted]
        if mature:
            row = row[month_end[month_of[row]] + JOURNEY_DAYS <= timeline.end_day - 1]
        return cells.total(scope_of[row], month_of[row])

    counts = {
        "signups_count": total(SIGN_UP, True),
        "activations_count": total(ACTIVATION, True),
        "cancellations_count": total(CANCELLATION, True),
        "unsigned_activations_count": total(ACTIVATION, False),
        "unsigned_cancellations_count": total(CANCELLATION, False),
        "mature_signups_count": total(SIGN_UP, True, mature=True),
        "mature_activations_count": total(ACTIVATION, True, mature=True),
        "mature_cancellations_count": total(CANCELLATION, True, mature=True),
    }
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        values: dict[str, Any] = {name: int(grid[row, column]) for name, grid in counts.items()}
        for rate, number in (
            ("activation_rate", "activations_count"),
            ("cancellation_rate", "cancellations_count"),
        ):
            values[rate] = quotient(values[number], values["signups_count"])
        result.setdefault(scope, {})[period] = values
    return result


def _month_edges(company: CompanyParts, month: int) -> tuple[int, int]:
    """Last day of the month before, and of the month."""
    timeline = company.timeline
    return timeline.month_start(month) - 1, timeline.month_start(month + 1) - 1


def _recurring(company: CompanyParts, day: int) -> NDArray[np.int64]:
    """(accounts, currencies) ten-thousandths of a currency that subscriptions bring a month on a day."""
    subscriptions = company.lifecycle.subscriptions
    rows = live_subscriptions(company)
    begun = subscriptions.day[rows] <= day
    rows = rows[begun & ((subscriptions.until[rows] == NO_DAY) | (subscriptions.until[rows] >= day))]
    result = np.zeros((len(company.accounts), len(CURRENCIES)), dtype=np.int64)
    np.add.at(
        result, (subscriptions.account[rows], subscriptions.currency[rows]), subscriptions.monthly[rows]
    )
    return result


def count_revenue_retention(company: CompanyParts) -> dict[str, Any]:
    """segment (or 'all') -> month (or 'all') -> what became of the recurring revenue, both sides at one rate."""
    accounts, timeline = company.accounts, company.timeline
    _, subscribed = first_days(company)
    cells = Cells.of(timeline, list(SEGMENTS))
    names = ["start", "expansion", "contraction", "churn", "new", "returned", "end"]
    money = {name: np.zeros(cells.shape, dtype=np.int64) for name in names}
    heads = {name: np.zeros(cells.shape, dtype=np.int64) for name in names}
    everything = np.arange(len(CURRENCIES))
    for month in range(timeline.months):
        before, last = _month_edges(company, month)
        rate = company.rates.at(everything, np.full(len(CURRENCIES), before))
        start, end = (
            ((_recurring(company, day) * rate + 500_000) // 1_000_000).sum(axis=1) for day in (before, last)
        )
        change = end - start
        stays = (start > 0) & (end > 0)
        arrives = (start == 0) & (end > 0)
        is_new = subscribed > before
        parts = {
            "start": (start > 0, start),
            "expansion": (stays & (change > 0), change),
            "contraction": (stays & (change < 0), -change),
            "churn": ((start > 0) & (end == 0), start),
            "new": (arrives & is_new, end),
            "returned": (arrives & ~is_new, end),
            "end": (end > 0, end),
        }
        for name, (who, value) in parts.items():
            np.add.at(money[name][:, month], accounts.segment[who], value[who])
            np.add.at(heads[name][:, month], accounts.segment[who], 1)
    for grid in (*money.values(), *heads.values()):
        grid[-1] = grid[:-1].sum(axis=0)
        grid[:, -1] = grid[:, :-1].sum(axis=1)
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        kept = money["start"][at] - money["contraction"][at] - money["churn"][at]
        result.setdefault(scope, {})[period] = {
            **{f"{name}_eur": base_text(money[name][at]) for name in names},
            **{f"{name}_count": int(heads[name][at]) for name in names},
            "nrr_ratio": quotient(kept + money["expansion"][at], money["start"][at]),
            "grr_ratio": quotient(kept, money["start"][at]),
        }
    return result


def count_customer_retention(company: CompanyParts) -> dict[str, Any]:
    """segment (or 'all') -> month (or 'all') -> customers at its start, how many are kept, and who buys again.

    A customer is active on a day with an order in the days before, or with a live subscription.
    Repeat purchase is by the month of the first order; retention of 'all' is not told.
    """
    accounts, orders, timeline = company.accounts, company.orders, company.timeline
    cells = Cells.of(timeline, list(SEGMENTS))
    rows = live_orders(company)

    def active(day: int) -> NDArray[np.bool_]:
        recent = rows[(orders.day[rows] <= day) & (orders.day[rows] >= day - ACTIVE_DAYS)]
        result = _recurring(company, day).any(axis=1)
        result[orders.account[recent]] = True
        return result

    start, kept = np.zeros(cells.shape, dtype=np.int64), np.zeros(cells.shape, dtype=np.int64)
    for month in range(timeline.months):
        before, last = _month_edges(company, month)
        there, still = active(before), active(last)
        np.add.at(start[:, month], accounts.segment[there], 1)
        np.add.at(kept[:, month], accounts.segment[there & still], 1)
    start[-1], kept[-1] = start[:-1].sum(axis=0), kept[:-1].sum(axis=0)

    first, _ = first_days(company)
    order = rows[np.lexsort((orders.day[rows], orders.account[rows]))]
    follows = np.flatnonzero(orders.account[order][1:] == orders.account[order][:-1]) + 1
    second = np.full(len(accounts), NEVER_DAY)
    np.minimum.at(second, orders.account[order[follows]], orders.day[order[follows]])
    buyer = np.flatnonzero(first < NEVER_DAY)
    old_enough = buyer[first[buyer] + REPEAT_DAYS <= timeline.end_day - 1]
    again = old_enough[second[old_enough] <= first[old_enough] + REPEAT_DAYS]

    def by_first_order(who: IntArray) -> NDArray[np.int64]:
        return cells.total(accounts.segment[who], timeline.month_index(first[who]))

    buyers, old, repeaters = by_first_order(buyer), by_first_order(old_enough), by_first_order(again)
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        values: dict[str, Any] = {
            "first_time_customers_count": int(buyers[at]),
            "old_enough_customers_count": int(old[at]),
            "repeat_customers_count": int(repeaters[at]),
            "repeat_purchase_rate": quotient(repeaters[at], old[at]),
        }
        if period != "all":
            values |= {
                "customers_at_start_count": int(start[at]),
                "kept_count": int(kept[at]),
                "retention_rate": quotient(kept[at], start[at]),
                "churn_rate": quotient(start[at] - kept[at], start[at]),
            }
        result.setdefault(scope, {})[period] = values
    return result
