"""The life of customers beside deals and orders: subscriptions, sign-ups, and the deals that partners register."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.deals import Accounts, Deals
from simulator.money import EUR, FIRST_RATE, GBP, USD
from simulator.orders import Orders
from simulator.settings import SimulationSettings
from simulator.staff import Partners
from simulator.timeline import (
    CUSTOMER_HOURS,
    DAY_MS,
    HOUR_MS,
    NEVER,
    NO_DAY,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
)

PLANS = ("Basic", "Team", "Company")

SUBSCRIBES = 0.42  # of customers; and of companies that never ordered
SUBSCRIBES_ONLY = 0.02
SECOND_SUBSCRIPTION = 0.15
OTHER_CURRENCY = 0.1
FEE_OF_PURCHASE = 0.06  # a month's fee, of a typical purchase
MEAN_PERIOD_DAYS, SHORTEST_PERIOD_DAYS = 190.0, 20
UP, DOWN, PAUSED, CANCELLED = range(4)
CHANGE_SHARES = (0.38, 0.16, 0.18, 0.28)
MOST_PERIODS = 12
INTERVALS, INTERVAL_SHARES = (1, 3, 12), (0.65, 0.13, 0.22)
# What the export says about the end of a period that a price change ended: its last day, nothing, or
# the day on which the next one begins.
LAST_DAY, OPEN, DAY_OF_CHANGE = range(3)
PLANNED_END = 0.25  # of the subscriptions that run on
NEVER_BEGUN_IN_SAMPLE = 3
MISTAKEN_IN_SAMPLE = 4
OLDER_VERSIONS = 0.02

SIGN_UP, ACTIVATION, CANCELLATION = range(3)
EVENT_KINDS = ("sign_up", "activation", "cancellation")
EVENT_SOURCES = ("Website", "Webinar", "Referral", "Reseller")
EVENT_REASONS = ("Too expensive", "Not used", "Other product")
USERS_IN_SAMPLE = 200
ACCOUNTS_WITH_JOURNEY = 0.35
WITHOUT_SIGN_UP, ACTIVATES, CANCELS = 0.08, 0.62, 0.22
REPEATED = 0.06
MISTAKEN_EVENTS = 0.015

APPROVED, PENDING, REJECTED, WITHDRAWN, EXPIRED = range(5)
REGISTRATION_STATUS = ("approved", "pending", "rejected", "withdrawn", "expired")
REGISTERS_FREE, REGISTERS_NAMED = 0.07, 0.3
REGISTRATION_SHARES = (0.5, 0.15, 0.15, 0.1, 0.1)


@dataclass(frozen=True)
class Subscriptions:
    """One value for each period of a subscription, ordered by subscription and first day.

    number: of the subscription; day, until: true first and last day, `NO_DAY` while it runs on, before
    `day` where it never ran; told_until: what the export says; amount: cents for `interval` months.
    has_older: an older version with another amount is exported, too.
    """

    number: IntArray
    account: IntArray
    day: IntArray
    until: IntArray
    told_until: IntArray
    amount: IntArray
    interval: IntArray
    currency: IntArray
    plan: IntArray
    is_deleted: NDArray[np.bool_]
    has_older: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.number)

    @property
    def monthly(self) -> IntArray:
        """Ten-thousandths of the currency for a month, rounded half up."""
        return (200 * self.amount + self.interval) // (2 * self.interval)


@dataclass(frozen=True)
class CustomerEvents:
    """One value for each event. person: a user, or an account from number `users` on.

    account: that the user belongs to, or that the person is; -1 for none. source, plan, reason: -1 for none.
    """

    users: int
    person: IntArray
    account: IntArray
    kind: IntArray
    at: IntArray
    source: IntArray
    plan: IntArray
    reason: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True)
class Registrations:
    """One value for each registration of a deal; deal: -1 where none has come of it yet.

    crm_partner, crm_influencer: what the CRM knows of the deals, which is less than the truth.
    """

    deal: IntArray
    partner: IntArray
    at: IntArray
    status: IntArray
    approved_at: IntArray
    expires_day: IntArray
    is_deleted: NDArray[np.bool_]
    crm_partner: IntArray
    crm_influencer: IntArray

    def __len__(self) -> int:
        return len(self.deal)


@dataclass(frozen=True)
class Lifecycle:
    """What the stream `lifecycle` draws."""

    subscriptions: Subscriptions
    events: CustomerEvents
    registrations: Registrations


def draw_lifecycle(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    partners: Partners,
    accounts: Accounts,
    deals: Deals,
    orders: Orders,
) -> tuple[Lifecycle, Deals]:
    """The lifecycle, and the deals with the partners that their registrations make known."""
    subscriptions = _draw_subscriptions(rng, settings, timeline, accounts, orders)
    events = _draw_events(rng, settings, timeline, accounts)
    registrations, deals = _draw_registrations(rng, timeline, partners, deals)
    return Lifecycle(subscriptions, events, registrations), deals


def _draw_subscriptions(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    accounts: Accounts,
    orders: Orders,
) -> Subscriptions:
    """All subscriptions take a step together: from one change to the next, while they live and time lasts."""
    first_order = np.full(len(accounts), timeline.end_day)
    live = ~orders.is_deleted
    np.minimum.at(first_order, orders.account[live], orders.day[live])
    is_customer = first_order < timeline.end_day
    takes = rng.random(len(accounts)) < np.where(is_customer, SUBSCRIBES, SUBSCRIBES_ONLY)
    buyer = np.flatnonzero(takes)
    buyer = np.concatenate((buyer, buyer[rng.random(len(buyer)) < SECOND_SUBSCRIPTION]))
    begin = np.where(is_customer[buyer], first_order[buyer], local_day(accounts.created_at[buyer]))
    start = np.maximum(begin, timeline.first_day) + rng.integers(0, 60, len(buyer))
    currency = np.where(
        rng.random(len(buyer)) < OTHER_CURRENCY,
        rng.choice([EUR, USD, GBP], len(buyer)),
        accounts.currency[buyer],
    )
    interval = rng.choice(INTERVALS, len(buyer), p=INTERVAL_SHARES)
    fee = (
        accounts.level[buyer] * FEE_OF_PURCHASE * rng.lognormal(-0.1, 0.4, len(buyer)) / FIRST_RATE[currency]
    )
    amount = np.maximum(500, np.rint(fee * 100).astype(np.int64)) * interval
    plan = rng.integers(0, len(PLANS), len(buyer))

    step = np.flatnonzero(start < timeline.end_day)
    parts: list[tuple[IntArray, ...]] = []
    for period in range(MOST_PERIODS):
        if not len(step):
            break
        length = SHORTEST_PERIOD_DAYS + rng.exponential(MEAN_PERIOD_DAYS, len(step)).astype(np.int64)
        until = start[step] + length - 1
        change = rng.choice(4, len(step), p=CHANGE_SHARES)
        runs_on = until >= timeline.end_day - 1
        changes_price = (change == UP) | (change == DOWN)
        telling = rng.choice(3, len(step), p=[0.5, 0.3, 0.2])
        planned = timeline.end_day + rng.integers(5, 300, len(step))
        told = np.where(changes_price & (telling == OPEN), NO_DAY, until)
        told = np.where(changes_price & (telling == DAY_OF_CHANGE), until + 1, told)
        told = np.where(runs_on, np.where(rng.random(len(step)) < PLANNED_END, planned, NO_DAY), told)
        parts.append((step, start[step].copy(), np.where(runs_on, NO_DAY, until), told, amount[step].copy()))
        gap = np.where(change == PAUSED, rng.integers(12, 100, len(step)), 0)
        factor = np.where(change == UP, rng.integers(105, 160, len(step)), 100)
        factor = np.where(change == DOWN, rng.integers(50, 96, len(step)), factor)
        start[step] = until + 1 + gap
        amount[step] = np.maximum(100, amount[step] * factor // 100)
        goes_on = ~runs_on & (change != CANCELLED) & (start[step] < timeline.end_day)
        goes_on &= period + 1 < MOST_PERIODS
        # where no period follows, the export has to tell the end
        last = changes_price & ~runs_on & ~goes_on
        parts[-1][3][last] = until[last]
        step = step[goes_on]
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] if parts else [np.zeros(0, dtype=np.int64)] * 5  # fmt: skip
    who, day, until, told, paid = columns

    # some end before they begin, some were entered by mistake and deleted
    never, mistaken = settings.count(NEVER_BEGUN_IN_SAMPLE), settings.count(MISTAKEN_IN_SAMPLE)
    extra = (
        rng.integers(0, max(1, len(buyer)), never + mistaken) if len(buyer) else np.zeros(0, dtype=np.int64)
    )
    extra_day = timeline.first_day + rng.integers(timeline.days // 2, timeline.days, len(extra))
    is_mistaken = np.arange(len(extra)) >= never
    extra_until = np.where(is_mistaken, NO_DAY, extra_day - 1)
    number = np.concatenate((who, len(buyer) + np.arange(len(extra))))
    who = np.concatenate((who, extra))
    order = np.lexsort((np.concatenate((day, extra_day)), number))
    row = who[order]
    return Subscriptions(
        number=number[order],
        account=buyer[row],
        day=np.concatenate((day, extra_day))[order],
        until=np.concatenate((until, extra_until))[order],
        told_until=np.concatenate((told, extra_until))[order],
        amount=np.concatenate((paid, amount[extra]))[order],
        interval=interval[row],
        currency=currency[row],
        plan=plan[row],
        is_deleted=np.concatenate((np.zeros(len(day), dtype=bool), is_mistaken))[order],
        has_older=rng.random(len(order)) < OLDER_VERSIONS,
    )


def _draw_events(
    rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline, accounts: Accounts
) -> CustomerEvents:
    """Users sign up by themselves, accounts when they are created; some sign up or are activated twice."""
    users = settings.count(USERS_IN_SAMPLE)
    own = np.flatnonzero(rng.random(len(accounts)) < ACCOUNTS_WITH_JOURNEY)
    person = np.concatenate((np.arange(users), users + own))
    belongs = np.where(rng.random(users) < 0.3, rng.integers(0, len(accounts), users), -1)
    account = np.concatenate((belongs, own))
    user_at = local_midnight(timeline.draw_days(rng, users)) + draw_time_of_day(rng, CUSTOMER_HOURS, users)
    begin = np.concatenate((user_at, np.maximum(accounts.created_at[own], timeline.start_at)))
    begin = begin // 1000 * 1000
    count = len(person)
    plan = rng.integers(-1, len(PLANS), count)
    source = rng.integers(-1, len(EVENT_SOURCES), count)

    def after(rows: IntArray, at: IntArray, mean_days: float) -> IntArray:
        """A later time, in whole seconds and always another one than the sign-up's."""
        return (
            at[rows] + 1000 + (rng.exponential(mean_days, len(rows)) * DAY_MS).astype(np.int64) // 1000 * 1000
        )

    signs_up = np.flatnonzero(rng.random(count) >= WITHOUT_SIGN_UP)
    active = np.flatnonzero(rng.random(count) < ACTIVATES)
    active_at = np.full(count, NEVER)
    active_at[active] = after(active, begin, 7.0)
    base = np.where(active_at == NEVER, begin, active_at)
    leaves = np.flatnonzero(rng.random(count) < CANCELS)
    again = signs_up[rng.random(len(signs_up)) < REPEATED]
    twice = active[rng.random(len(active)) < REPEATED]
    returns = leaves[rng.random(len(leaves)) < REPEATED]
    leaves_at = np.full(count, NEVER)
    leaves_at[leaves] = after(leaves, base, 120.0)
    mistaken = rng.integers(0, count, max(2, round(MISTAKEN_EVENTS * count)))
    parts = [
        (signs_up, begin[signs_up], SIGN_UP, False),
        (again, after(again, begin, 60.0), SIGN_UP, False),
        (active, active_at[active], ACTIVATION, False),
        (twice, after(twice, base, 50.0), ACTIVATION, False),
        (leaves, leaves_at[leaves], CANCELLATION, False),
        (returns, after(returns, leaves_at, 40.0), CANCELLATION, False),
        (mistaken, begin[mistaken] - HOUR_MS, ACTIVATION, True),
    ]
    who = np.concatenate([rows for rows, _, _, _ in parts])
    at = np.concatenate([times for _, times, _, _ in parts])
    kind = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    is_deleted = np.repeat([part[3] for part in parts], [len(part[0]) for part in parts])
    kept = np.flatnonzero((at < timeline.end_at) & (at >= timeline.start_at))
    kept = kept[np.lexsort((kind[kept], who[kept], at[kept]))]
    who, at, kind, is_deleted = who[kept], at[kept], kind[kept], is_deleted[kept]
    # a second sign-up names another source than the first
    told = np.where(rng.random(len(who)) < 0.1, rng.integers(-1, len(EVENT_SOURCES), len(who)), source[who])
    reason = np.where(kind == CANCELLATION, rng.integers(-1, len(EVENT_REASONS), len(who)), -1)
    return CustomerEvents(users, person[who], account[who], kind, at, told, plan[who], reason, is_deleted)


def _draw_registrations(
    rng: np.random.Generator, timeline: Timeline, partners: Partners, deals: Deals
) -> tuple[Registrations, Deals]:
    """Registrations of deals, and the deals with the partners that these make known.

    Of approved ones that had not run out when the deal was created, the first makes its partner the
    sourcing one of a deal for which the CRM names none; the others' partners influenced the deal.
    """
    is_free = deals.partner < 0
    chance = np.where(is_free, REGISTERS_FREE, REGISTERS_NAMED)
    first = np.flatnonzero((rng.random(len(deals)) < chance) & (len(partners) > 0))
    second = first[rng.random(len(first)) < 0.12]
    without_deal = np.full(max(1, len(first) // 30), -1)
    deal = np.concatenate((first, second, without_deal))
    partner = rng.integers(0, max(1, len(partners)), len(deal))
    # most register what they brought, and some are known to influence what they register
    knows = (deal >= 0) & (deals.partner[deal] >= 0) & (rng.random(len(deal)) < 0.7)
    partner = np.where(knows, deals.partner[deal], partner)
    influences = (deal >= 0) & ~knows & (deals.influencer[deal, 0] >= 0) & (rng.random(len(deal)) < 0.5)
    partner = np.where(influences, deals.influencer[deal, 0], partner)
    created = np.where(deal >= 0, deals.created_at[deal], timeline.end_at - 40 * DAY_MS)
    at = (created - rng.integers(HOUR_MS, 20 * DAY_MS, len(deal))) // 1000 * 1000
    at = np.maximum(at, timeline.start_at)
    status = rng.choice(5, len(deal), p=REGISTRATION_SHARES)
    is_approved = status == APPROVED
    approved_at = np.where(
        is_approved, at + rng.integers(HOUR_MS, 4 * DAY_MS, len(deal)) // 1000 * 1000, NEVER
    )
    approved_at = np.where(approved_at < timeline.end_at, approved_at, NEVER)
    late = rng.random(len(deal)) < 0.15
    created_day = local_day(created)
    expires = np.where(late, created_day - 1, created_day + rng.integers(0, 120, len(deal)))
    expires = np.where(rng.random(len(deal)) < 0.3, NO_DAY, expires)
    is_deleted = rng.random(len(deal)) < 0.03
    order = np.lexsort((partner, deal, at))
    columns = (deal, partner, at, status, approved_at, expires, is_deleted)
    deal, partner, at, status, approved_at, expires, is_deleted = (column[order] for column in columns)
    created_day = created_day[order]

    counts = (
        (deal >= 0) & (status == APPROVED) & ~is_deleted & ((expires == NO_DAY) | (created_day <= expires))
    )
    known_at = np.where(approved_at == NEVER, at, approved_at)
    sourcing = deals.partner.copy()
    # a deal has two registrations at most: room for as many influencing partners more
    influencer = np.hstack((deals.influencer, np.full_like(deals.influencer, -1)))
    # one deal has few registrations: row by row, the earliest first
    for row in np.flatnonzero(counts)[np.argsort(known_at[counts], kind="stable")]:
        this, who = deal[row], partner[row]
        if sourcing[this] < 0:
            sourcing[this] = who
            influencer[this][influencer[this] == who] = -1
        elif sourcing[this] != who and who not in influencer[this]:
            influencer[this, np.flatnonzero(influencer[this] < 0)[0]] = who
    registrations = Registrations(
        deal, partner, at, status, approved_at, expires, is_deleted, deals.partner, deals.influencer
    )
    return registrations, replace(deals, partner=sourcing, influencer=influencer)
