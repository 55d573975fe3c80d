"""Orders, repeat buying and what customers cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.deals import Accounts, Deals, draw_value
from simulator.money import EUR, FIRST_RATE, TRY, USD
from simulator.settings import SimulationSettings
from simulator.timeline import IntArray, Timeline, local_day

# Repeat buying: orders a week ~ Gamma(shape r, rate alpha); after each order a customer is lost
# with a probability ~ Beta(a, b).
REPEAT_R, REPEAT_ALPHA, DROPOUT_A, DROPOUT_B = 0.75, 18.0, 0.8, 2.4
LONGEST_BUYING = 400
ORDER_DIFFERS = 0.1
DELETED_IN_SAMPLE = 3

COST_KINDS = ("acquisition", "service", "retention")
ACQUISITION, SERVICE, RETENTION = range(3)
PROSPECT_COST = 0.14
SERVICE_EVERY_DAYS, RETENTION_EVERY_DAYS = 120.0, 400.0
COST_EURO = (900.0, 160.0, 240.0)
COST_CURRENCY_SHARES = (0.7, 0.12, 0.18)


@dataclass(frozen=True)
class Orders:
    """One value for each order; those that belong to a deal come first.

    deal: row of the opportunity or -1; day: local order date; amount, cost: cents in `currency`.
    """

    account: IntArray
    deal: IntArray
    day: IntArray
    amount: IntArray
    cost: IntArray
    currency: IntArray
    owner: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.account)


@dataclass(frozen=True)
class CustomerCosts:
    """One value for each cost, by day; amount: cents in `currency`."""

    account: IntArray
    day: IntArray
    kind: IntArray
    amount: IntArray
    currency: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.account)


def draw_orders(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    accounts: Accounts,
    deals: Deals,
) -> Orders:
    """One order for each won deal, then repeat orders for as long as the customer is alive."""
    deal = np.flatnonzero(deals.is_won & ~deals.is_deleted)
    delay = np.where(rng.random(len(deal)) < 0.55, 0, rng.integers(1, 9, len(deal)))
    day = np.minimum(local_day(deals.closed_at[deal]) + delay, timeline.end_day - 1)
    differs = rng.random(len(deal)) < ORDER_DIFFERS
    factor = np.where(differs, rng.choice([90, 95, 105, 110], len(deal)), 100)
    amount = deals.amount[deal] * factor // 100

    customer = np.unique(deals.account[deal])
    first_day = np.full(len(accounts), np.iinfo(np.int64).max)
    np.minimum.at(first_day, deals.account[deal], day)
    repeat_of, repeat_day = _draw_repeats(rng, timeline, first_day[customer])
    buyer = customer[repeat_of]
    owner = np.concatenate((deals.owner[deal], accounts.owner[buyer]))
    account = np.concatenate((deals.account[deal], buyer))
    currency = accounts.currency[account]
    amount = np.concatenate((amount, draw_value(rng, accounts.rate[buyer], currency[len(deal) :])))
    is_deleted = np.zeros(len(account), dtype=bool)
    deletable = np.arange(len(deal), len(account))
    number = min(len(deletable), settings.count(DELETED_IN_SAMPLE))
    is_deleted[rng.choice(deletable, number, replace=False)] = True
    return Orders(
        account=account,
        deal=np.concatenate((deal, np.full(len(buyer), -1))),
        day=np.concatenate((day, repeat_day)),
        amount=amount,
        cost=amount * rng.integers(38, 76, len(account)) // 100,
        currency=currency,
        owner=owner,
        is_deleted=is_deleted,
    )


def _draw_repeats(
    rng: np.random.Generator, timeline: Timeline, first_day: IntArray
) -> tuple[IntArray, IntArray]:
    """(customer, day) of repeat orders.

    All customers take a step together: from one order to the next, while they live and time lasts.
    """
    count = len(first_day)
    rate = rng.gamma(REPEAT_R, 1.0 / REPEAT_ALPHA, count)
    dropout = rng.beta(DROPOUT_A, DROPOUT_B, count)
    alive = np.arange(count)
    time = first_day.astype(np.float64)
    customers, days = [], []
    for _ in range(LONGEST_BUYING):
        alive = alive[rng.random(len(alive)) >= dropout[alive]]
        time[alive] += np.maximum(1.0, 7.0 * rng.exponential(1.0, len(alive)) / np.maximum(rate[alive], 1e-9))
        alive = alive[time[alive] < timeline.end_day]
        if not len(alive):
            break
        customers.append(alive)
        days.append(np.floor(time[alive]).astype(np.int64))
    if not customers:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(customers), np.concatenate(days)


def draw_costs(
    rng: np.random.Generator,
    timeline: Timeline,
    accounts: Accounts,
    deals: Deals,
    orders: Orders,
) -> CustomerCosts:
    """Acquisition costs before the first order, also of some who never bought; then upkeep."""
    first_order = np.full(len(accounts), timeline.end_day)
    live = ~orders.is_deleted
    np.minimum.at(first_order, orders.account[live], orders.day[live])
    first_deal = np.full(len(accounts), timeline.end_day)
    np.minimum.at(first_deal, deals.account, local_day(deals.created_at))
    is_customer = first_order < timeline.end_day
    won_over = np.flatnonzero(is_customer | (rng.random(len(accounts)) < PROSPECT_COST))
    room = np.maximum(1, np.minimum(first_order, timeline.end_day)[won_over] - first_deal[won_over])
    parts = [
        (won_over, first_deal[won_over] + (rng.random(len(won_over)) * room).astype(np.int64), ACQUISITION)
    ]
    customer = np.flatnonzero(is_customer)
    age = timeline.end_day - first_order[customer]
    for kind, every in ((SERVICE, SERVICE_EVERY_DAYS), (RETENTION, RETENTION_EVERY_DAYS)):
        times = rng.poisson(age / every)
        who = np.repeat(np.arange(len(customer)), times)
        day = first_order[customer[who]] + (rng.random(len(who)) * age[who]).astype(np.int64)
        parts.append((customer[who], day, kind))
    account = np.concatenate([part[0] for part in parts])
    day = np.minimum(np.concatenate([part[1] for part in parts]), timeline.end_day - 1)
    kind = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    order = np.lexsort((kind, account, day))
    account, day, kind = account[order], day[order], kind[order]
    currency = np.array([EUR, USD, TRY])[
        np.searchsorted(np.cumsum(COST_CURRENCY_SHARES)[:-1], rng.random(len(account)), side="right")
    ]
    euro = np.array(COST_EURO)[kind] * rng.lognormal(-0.15, 0.55, len(account))
    amount = np.maximum(100, np.rint(euro / FIRST_RATE[currency] * 100).astype(np.int64))
    return CustomerCosts(account, day, kind, amount, currency, rng.random(len(account)) < 0.004)
