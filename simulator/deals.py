"""Accounts and opportunities: who is sold to, by whom, from which source, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.deal_paths import LOST, MOVE, WON, History, draw_history
from simulator.leads import Leads
from simulator.money import FIRST_RATE
from simulator.names import People, draw_countries, draw_currencies, draw_people, join_people
from simulator.settings import SimulationSettings
from simulator.staff import FAR_DAY, PERFECT_DEALS, PERFECT_REP, RARE_REP, Partners, Staff, assign_reps
from simulator.timeline import (
    DAY_MS,
    NEVER,
    NO_DAY,
    STAFF_HOURS,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
)

OUTBOUND_IN_SAMPLE = 165
OUTBOUND_WITH_PARTNER = 0.14
WIN_BACK = 0.24
EXPANSION = 0.30
FROM_LEAD, OUTBOUND, SECOND_TRY, EXPANDING = range(4)
DELETED_IN_SAMPLE = 6
# Value of a purchase: Gamma with a rate that itself varies by customer as a Gamma (Gamma-Gamma).
VALUE_P, VALUE_Q, VALUE_V = 6.25, 3.74, 5_200.0
SEGMENTS = ("SMB", "Mid-Market", "Enterprise")
INDUSTRIES = ("Textile", "Logistics", "Food", "Software", "Construction", "Machinery")
LOSS_REASONS = ("Price", "Lost to Competitor", "No Budget", "No Decision", "Timing", "Missing Feature")
LOSS_SHARES = (0.27, 0.24, 0.15, 0.19, 0.10, 0.05)
TO_COMPETITOR = 1
COMPETITORS = ("Nordwind CRM", "Lotus Data", "Atlas Suite", "Mavi Bulut")
PRODUCT_FAMILIES = ("Platform", "Analytics", "Services")
ROLES = ("Referral Partner", "Consultant", "System Integrator")
SOURCED = 0


@dataclass(frozen=True)
class Accounts:
    """Companies sold to, one contact each; those from leads come first, in the leads' order.

    lead: row of the lead it came from or -1; currency: in which it buys; level: mean value of a
    purchase in euro; rate: scale of its purchases' Gamma distribution; owner: rep.
    """

    people: People
    lead: IntArray
    created_at: IntArray
    currency: IntArray
    level: NDArray[np.float64]
    rate: NDArray[np.float64]
    segment: IntArray
    industry: IntArray
    employees: IntArray
    owner: IntArray

    def __len__(self) -> int:
        return len(self.lead)


@dataclass(frozen=True)
class Deals:
    """One value for each opportunity; those from leads come first, in the leads' order.

    kind: one of `FROM_LEAD`, `OUTBOUND`, `SECOND_TRY`, `EXPANDING`; source: index into
    `channels.SOURCES` or -1; partner: the sourcing partner or -1; closed_at, first_closed_at: UTC
    of the last and the first closing change, `NEVER` for deals that are open now or were always.
    first_owner: who owned it before the owner, where that one left the company, else the owner.
    influencer: (n, k) influencing partners or -1; reason, competitor: -1 for none.
    """

    account: IntArray
    lead: IntArray
    kind: IntArray
    source: IntArray
    partner: IntArray
    influencer: IntArray
    owner: IntArray
    first_owner: IntArray
    currency: IntArray
    created_at: IntArray
    stage: IntArray
    amount: IntArray
    close_day: IntArray
    changed_at: IntArray
    closed_at: IntArray
    first_closed_at: IntArray
    reason: IntArray
    competitor: IntArray
    family: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.account)

    @property
    def is_won(self) -> NDArray[np.bool_]:
        return self.stage == WON

    @property
    def is_lost(self) -> NDArray[np.bool_]:
        return self.stage == LOST

    @property
    def is_closed(self) -> NDArray[np.bool_]:
        return self.stage >= WON


def amount_unit(currency: IntArray) -> IntArray:
    """Cents to which amounts are rounded: 50 units of most currencies, 1 000 lira, 500 yuan."""
    return np.array([5_000, 5_000, 100_000, 50_000, 5_000])[currency]


def draw_value(rng: np.random.Generator, rate: NDArray[np.float64], currency: IntArray) -> IntArray:
    """Cents of purchases by customers with the given Gamma scale, in their currency."""
    euro = rng.gamma(VALUE_P, rate) * 100
    unit = amount_unit(currency)
    return np.maximum(1, np.rint(euro / FIRST_RATE[currency] / unit)).astype(np.int64) * unit


def draw_deals(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    staff: Staff,
    partners: Partners,
    leads: Leads,
    first_number: int,
) -> tuple[Accounts, Deals, History]:
    """First deals from leads and outbound work, then second deals that follow from their outcome."""
    lead_rows = np.flatnonzero(leads.deal >= 0)
    outbound = settings.count(OUTBOUND_IN_SAMPLE, minimum=5)
    accounts = _draw_accounts(rng, timeline, leads, lead_rows, outbound, first_number)
    first = len(accounts)

    day = timeline.draw_days(rng, outbound)
    created = np.concatenate(
        (leads.converted_at[lead_rows], local_midnight(day) + draw_time_of_day(rng, STAFF_HOURS, outbound))
    )
    source = np.concatenate((leads.source[lead_rows], np.full(outbound, -1)))
    by_partner = rng.random(outbound) < OUTBOUND_WITH_PARTNER
    partner = np.where(by_partner, rng.integers(0, len(partners), outbound), -1)
    partner = np.concatenate((leads.partner[lead_rows], partner))
    owner = np.concatenate((leads.owner[lead_rows], assign_reps(rng, staff, timeline, day)))
    owner = _stay_employed(staff, owner, created)
    amount = draw_value(rng, accounts.rate, accounts.currency)
    shift = _shift(staff, partners, owner, source, partner)
    history = draw_history(rng, timeline, created, shift, amount, amount_unit(accounts.currency))

    # Second deals: another try where the first was lost, an expansion where it was won.
    final = np.flatnonzero(history.is_last)
    stage, ended = history.stage[final], history.at[final]
    chance = np.where(stage == WON, EXPANSION, np.where(stage == LOST, WIN_BACK, 0.0))
    wait = 30 + rng.integers(0, 200, first)
    again = local_midnight(local_day(ended) + wait) + draw_time_of_day(rng, STAFF_HOURS, first)
    second = np.flatnonzero((rng.random(first) < chance) & (again < timeline.end_at))
    second_owner = _stay_employed(staff, owner[second], again[second])
    second_amount = draw_value(rng, accounts.rate[second], accounts.currency[second])
    none = np.full(len(second), -1)
    second_history = draw_history(
        rng,
        timeline,
        again[second],
        _shift(staff, partners, second_owner, none, none),
        second_amount,
        amount_unit(accounts.currency[second]),
    )
    history = History(
        np.concatenate((history.deal, second_history.deal + first)),
        *(
            np.concatenate((getattr(history, name), getattr(second_history, name)))
            for name in ("at", "stage", "amount", "close_day", "kind")
        ),
    )
    account = np.concatenate((np.arange(first), second))
    kind = np.concatenate(
        (
            np.where(accounts.lead >= 0, FROM_LEAD, OUTBOUND),
            np.where(stage[second] == WON, EXPANDING, SECOND_TRY),
        )
    )
    deals = _finish(
        rng,
        settings,
        staff,
        partners,
        history,
        account=account,
        lead=np.where(kind == FROM_LEAD, accounts.lead[account], -1),
        kind=kind,
        source=np.concatenate((source, none)),
        partner=np.concatenate((partner, none)),
        owner=np.concatenate((owner, second_owner)),
        currency=accounts.currency[account],
    )
    owner_now = accounts.owner.copy()
    owner_now[deals.account] = deals.owner  # a later deal's owner looks after the account
    return _with_owner(accounts, owner_now), deals, history


def _with_owner(accounts: Accounts, owner: IntArray) -> Accounts:
    fields = {name: getattr(accounts, name) for name in accounts.__dataclass_fields__}
    return Accounts(**{**fields, "owner": owner})


def _draw_accounts(
    rng: np.random.Generator,
    timeline: Timeline,
    leads: Leads,
    lead_rows: IntArray,
    outbound: int,
    first_number: int,
) -> Accounts:
    """An account for each converted lead, and accounts that reps found themselves."""
    cold = draw_people(rng, first_number, draw_countries(rng, outbound))
    people = join_people(leads.people.take(lead_rows), cold)
    count = len(people.number)
    cold_day = timeline.first_day - rng.integers(1, 400, outbound)
    cold_at = local_midnight(cold_day) + draw_time_of_day(rng, STAFF_HOURS, outbound)
    rate = VALUE_V / rng.gamma(VALUE_Q, 1.0, count)
    level = VALUE_P * rate
    # Segments follow what a customer spends, with some noise: size and spending are not the same.
    size = np.log(level) + rng.normal(0.0, 0.3, count)
    segment = np.searchsorted(np.log([9_000.0, 17_000.0]), size)
    employees = np.rint(np.exp(size - 5.0) * rng.lognormal(0.0, 0.3, count)).astype(np.int64) + 3
    return Accounts(
        people=people,
        lead=np.concatenate((lead_rows, np.full(outbound, -1))),
        created_at=np.concatenate((leads.converted_at[lead_rows], cold_at)),
        currency=draw_currencies(rng, people.country),
        level=level,
        rate=rate,
        segment=segment,
        industry=rng.integers(0, len(INDUSTRIES), count),
        employees=employees,
        owner=np.zeros(count, dtype=np.int64),
    )


def _replacements(staff: Staff) -> IntArray:
    """(reps,) who takes over from each rep: a colleague of the team who stays, else themselves."""
    team, left = staff.team[staff.first_rep :], staff.left_day[staff.first_rep :]
    taker = np.arange(staff.reps)
    for rep in np.flatnonzero(left != NO_DAY):
        stays = (team == team[rep]) & (left == NO_DAY)
        stays[[RARE_REP, PERFECT_REP]] = False
        candidates = np.flatnonzero(stays)
        taker[rep] = candidates[rep % len(candidates)] if len(candidates) else 0
    return taker


def _stay_employed(staff: Staff, owner: IntArray, at: IntArray) -> IntArray:
    """The owner, or the successor where the owner has left by then."""
    left = staff.left_day[staff.first_rep :][owner]
    gone = (left != NO_DAY) & (local_day(at) >= left)
    return np.where(gone, _replacements(staff)[owner], owner)


def _shift(
    staff: Staff, partners: Partners, owner: IntArray, source: IntArray, partner: IntArray
) -> NDArray[np.float64]:
    """Log-odds against losing at each move, from the rep, the source and the sourcing partner."""
    source_effect = np.array([one.effect for one in channels.SOURCES] + [0.0])
    partner_effect = np.append(partners.effect, 0.0)
    return staff.skill[owner] + source_effect[source] + partner_effect[partner]


def _finish(
    rng: np.random.Generator,
    settings: SimulationSettings,
    staff: Staff,
    partners: Partners,
    history: History,
    **given: IntArray,
) -> Deals:
    """Current state from the history, and what people noted about the deals."""
    final = np.flatnonzero(history.is_last)
    count = len(final)
    stage = history.stage[final]
    closing = np.flatnonzero((history.stage >= WON) & (history.kind == MOVE))
    closed_at = np.full(count, NEVER)
    closed_at[history.deal[closing]] = history.at[closing]  # the last one of a deal stays
    closed_at[stage < WON] = NEVER
    first_closed_at = np.full(count, NEVER)
    first_closed_at[history.deal[closing[::-1]]] = history.at[closing[::-1]]
    first_row = np.concatenate(([0], final[:-1] + 1))
    created_at = history.at[first_row]

    end = np.where(closed_at == NEVER, FAR_DAY * DAY_MS, closed_at)
    first_owner = given.pop("owner")
    owner = _stay_employed(staff, first_owner, end)
    won = np.flatnonzero((stage == WON) & (first_closed_at == closed_at))
    perfect = rng.choice(won, min(PERFECT_DEALS, len(won)), replace=False)
    owner[perfect] = PERFECT_REP
    first_owner = first_owner.copy()
    first_owner[perfect] = PERFECT_REP

    reason = np.searchsorted(np.cumsum(LOSS_SHARES), rng.random(count) * 0.999_999, side="right")
    reason[(stage != LOST) | (rng.random(count) < 0.04)] = -1
    competitor = np.where(reason == TO_COMPETITOR, rng.integers(0, len(COMPETITORS), count), -1)
    deletable = np.flatnonzero((given["kind"] == OUTBOUND) & (stage != WON))
    is_deleted = np.zeros(count, dtype=bool)
    number = min(len(deletable), settings.count(DELETED_IN_SAMPLE))
    is_deleted[rng.choice(deletable, number, replace=False)] = True
    return Deals(
        **given,
        influencer=_draw_influencers(rng, len(partners), given["partner"]),
        owner=owner,
        first_owner=first_owner,
        created_at=created_at,
        stage=stage,
        amount=history.amount[final],
        close_day=history.close_day[final],
        changed_at=history.at[final],
        closed_at=closed_at,
        first_closed_at=first_closed_at,
        reason=reason,
        competitor=competitor,
        family=rng.integers(0, len(PRODUCT_FAMILIES), count),
        is_deleted=is_deleted,
    )


def _draw_influencers(rng: np.random.Generator, partners: int, sourcing: IntArray) -> IntArray:
    """(n, 2) partners who influence a deal, none of them its sourcing partner, -1 for none."""
    count = len(sourcing)
    draw = rng.random(count)
    two = np.where(sourcing >= 0, 0.12, 0.025)
    number = np.where(draw < two, 2, np.where(draw < two + 0.12, 1, 0))
    anchor = np.where(sourcing >= 0, sourcing, rng.integers(0, partners, count))
    step = rng.integers(1, partners, count)
    other = (step - 1 + rng.integers(1, partners - 1, count)) % (partners - 1) + 1
    first = np.where(number >= 1, (anchor + step) % partners, -1)
    second = np.where(number == 2, (anchor + other) % partners, -1)
    return np.stack((first, second), axis=1)
