"""Truth about sales enablement: deals with and without a content, reps before and after a training."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.company import CompanyParts
from simulator.counting import base_quotient, quotient
from simulator.enablement import CONTENTS, UNKNOWN, YES
from simulator.exports_enablement import CONTENT_ID, TRAINING_ID
from simulator.money import base_text
from simulator.timeline import NO_DAY, IntArray, local_day
from simulator.truth_calls import led_to_deal, outbound_calls
from simulator.truth_sales import deal_base, rep_ids

UNUSED_DAYS = 90
WINDOW_DAYS = 8 * 7
CALLS_WAIT_DAYS = 30
# Days of one rep stay together when they are sorted.
DAY_BITS = 20


def count_contents(company: CompanyParts) -> dict[str, Any]:
    """content id -> uses, views, ratings, and the deals with it and without it.

    A use counts for a deal that was not deleted, until the local day of its close. customer_views_count:
    None where nothing is known about any use. A content that was deleted has a row if it was used.
    """
    contents, uses, deals = company.enablement.contents, company.enablement.uses, company.deals
    last_day = company.timeline.end_day - 1
    day = local_day(uses.at)
    live = ~uses.is_deleted
    known_deal = live & (uses.deal >= 0) & ~deals.is_deleted[uses.deal]
    in_time = ~deals.is_closed[uses.deal] | (day <= local_day(deals.closed_at[uses.deal]))
    with_content = np.zeros((CONTENTS, len(deals)), dtype=bool)
    counts = known_deal & in_time
    with_content[uses.content[counts], uses.deal[counts]] = True

    live_deals = ~deals.is_deleted
    cycle = local_day(deals.closed_at) - local_day(deals.created_at)
    result: dict[str, Any] = {}
    for number in range(CONTENTS):
        own = live & (uses.content == number)
        if contents.is_deleted[number] and not own.any():
            continue
        seen = uses.viewed[own]
        rated = uses.rating[own]
        rated = rated[rated > 0]
        last_used = int(day[own].max()) if own.any() else None
        anchor = int(contents.published_day[number]) if last_used is None else last_used
        result[CONTENT_ID % number] = {
            "is_listed": int(not contents.is_deleted[number]),
            "uses_count": int(own.sum()),
            "reps_count": len(np.unique(uses.rep[own])),
            "views_known_count": int((seen != UNKNOWN).sum()),
            "customer_views_count": int((seen == YES).sum()) if (seen != UNKNOWN).any() else None,
            "view_seconds": int(uses.seconds[own].sum()) if (seen == YES).any() else None,
            "ratings_count": len(rated),
            "rating_mean": quotient(rated.sum(), len(rated)),
            "days_since_last_use": None if last_used is None else last_day - last_used,
            "is_unused": int(anchor == NO_DAY or last_day - anchor >= UNUSED_DAYS),
            "deals_count": int(with_content[number].sum()),
            "all_deals_count": int(live_deals.sum()),
            **_outcomes("with", company, cycle, with_content[number]),
            **_outcomes("without", company, cycle, live_deals & ~with_content[number]),
        }
    return result


def _outcomes(name: str, company: CompanyParts, cycle: IntArray, chosen: NDArray[np.bool_]) -> dict[str, Any]:
    """How the chosen deals went."""
    won, closed = chosen & company.deals.is_won, chosen & company.deals.is_closed
    return {
        f"{name}_won_count": int(won.sum()),
        f"{name}_closed_count": int(closed.sum()),
        f"{name}_win_rate": quotient(won.sum(), closed.sum()),
        f"{name}_cycle_count": int(won.sum()),
        f"{name}_cycle_mean_days": quotient(cycle[won].sum(), won.sum()),
    }


class _Daily:
    """Sums over stretches of days of one rep, by binary search in events sorted by rep and day."""

    def __init__(self, rep: IntArray, day: IntArray) -> None:
        key = (rep << DAY_BITS) + day
        self._order = np.argsort(key, kind="stable")
        self._key = key[self._order]

    def total(self, value: IntArray, rep: IntArray, first: IntArray, last: IntArray) -> IntArray:
        """Sum of `value` (one for each event) for each rep from `first` to `last`, both included."""
        running = np.concatenate(([0], np.cumsum(value[self._order], dtype=np.int64)))
        begin = np.searchsorted(self._key, (rep << DAY_BITS) + first, side="left")
        end = np.searchsorted(self._key, (rep << DAY_BITS) + last, side="right")
        return running[end] - running[begin]


def count_trainings(company: CompanyParts) -> dict[str, Any]:
    """training id -> user id -> kpi -> before and after: value, numerator and n; whether it is mature.

    Before and after are the eight weeks around the local day on which it was held, without that day.
    """
    trainings, timeline = company.enablement.trainings, company.timeline
    held = np.flatnonzero(~trainings.is_deleted & (trainings.at < timeline.end_at))
    day, rep = local_day(trainings.at[held]), trainings.rep[held]
    before = _measures(company, rep, day - WINDOW_DAYS, day - 1)
    after = _measures(company, rep, day + 1, day + WINDOW_DAYS)
    over = timeline.end_day - 1 - WINDOW_DAYS - day
    ids = rep_ids(company)
    result: dict[str, Any] = {}
    for place, row in enumerate(held):
        told = {
            kpi: {
                **{f"before_{name}": values[place] for name, values in before[kpi].items()},
                **{f"after_{name}": values[place] for name, values in after[kpi].items()},
                "is_before_complete": int(day[place] - WINDOW_DAYS >= timeline.first_day),
                "is_mature": int(over[place] >= (CALLS_WAIT_DAYS if kpi == "call_conversion" else 0)),
            }
            for kpi in before
        }
        result.setdefault(TRAINING_ID % (trainings.session[row] + 1), {})[ids[rep[place]]] = told
    return result


def _measures(
    company: CompanyParts, rep: IntArray, first: IntArray, last: IntArray
) -> dict[str, dict[str, list[Any]]]:
    """kpi -> numerator, n and value, one for each rep and stretch of days."""
    deals, tasks = company.deals, company.tasks
    closed = np.flatnonzero(deals.is_closed & ~deals.is_deleted)
    closed_day = local_day(deals.closed_at[closed])
    is_won = deals.is_won[closed].astype(np.int64)
    cycle = (closed_day - local_day(deals.created_at[closed])) * is_won
    base = deal_base(company, deals.amount[closed], closed) * is_won
    by_close = _Daily(deals.owner[closed], closed_day)
    call = np.flatnonzero(outbound_calls(company))
    led, _ = led_to_deal(company)
    by_call = _Daily(tasks.owner[call], local_day(tasks.at[call]))

    def deal_sum(value: IntArray) -> IntArray:
        return by_close.total(value, rep, first, last)

    won, n_closed = deal_sum(is_won), deal_sum(np.ones_like(is_won))
    days, amount = deal_sum(cycle), deal_sum(base)
    calls = by_call.total(np.ones(len(call), dtype=np.int64), rep, first, last)
    converted = by_call.total(led[call].astype(np.int64), rep, first, last)

    def told(numerator: list[Any], n: IntArray, value: list[Any]) -> dict[str, list[Any]]:
        return {"numerator": numerator, "n": n.tolist(), "value": value}

    def ratio(numerator: IntArray, n: IntArray, factor: int = 1) -> list[str | None]:
        return [quotient(above * factor, below) for above, below in zip(numerator, n, strict=True)]

    money = [base_text(one) for one in amount]
    return {
        "win_rate": told(won.tolist(), n_closed, ratio(won, n_closed)),
        "deal_count": told(won.tolist(), won, won.tolist()),
        "won_amount": told(money, won, money),
        "average_deal_size": told(
            money, won, [base_quotient(sum_, n) for sum_, n in zip(amount, won, strict=True)]
        ),
        "sales_cycle": told(days.tolist(), won, ratio(days, won)),
        "outbound_calls": told(calls.tolist(), calls, calls.tolist()),
        "call_conversion": told(converted.tolist(), calls, ratio(converted, calls, 1000)),
    }
