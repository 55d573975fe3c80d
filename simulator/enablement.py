"""Sales enablement: contents that reps show to customers, and trainings and coachings of reps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.deals import Accounts, Deals
from simulator.settings import SimulationSettings
from simulator.staff import Staff
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

CONTENTS = 24
CONTENT_KINDS = ("Case study", "Deck", "Price list", "White paper", "Battle card", "Video")
PRICE_LIST = 2  # handed over on paper: nobody knows whether it was read
CONTENT_SUBJECTS = ("for manufacturers", "for logistics", "on security", "on savings")
# Contents that stand out: one that helps to win, one that went out of use, one that was never used,
# one that is too new to be used, one without a day, and one that was deleted though it was used.
HELPFUL, STALE, NEVER_USED, BRAND_NEW, UNDATED, WITHDRAWN = 0, 19, 20, 21, 22, 23
USES_FOR_EACH_DEAL = 1.3
HELPFUL_USES_FOR_EACH_WIN = 0.15
USED_AFTER_CLOSE = 0.07
USES_WITHOUT_DEAL_IN_SAMPLE = 110
DELETED = 0.004
UNKNOWN, NO, YES = -1, 0, 1
TRAINING_KINDS = ("training", "coaching")
TRAINING, COACHING = range(2)
TOPICS = ("Discovery calls", "Negotiation", "Product update", "Storytelling", "Pipeline hygiene")
UNTRAINED_REP = 2
MINUTES = (30, 60, 90, 180)


@dataclass(frozen=True)
class Contents:
    """One value for each content. published_day: `NO_DAY` where nobody knows."""

    kind: IntArray
    subject: IntArray
    published_day: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class ContentUses:
    """One value for each use, by time; deal and account are rows or -1.

    viewed: `YES`, `NO` or `UNKNOWN`; seconds: of views; rating: 1 to 5, 0 for none.
    """

    content: IntArray
    deal: IntArray
    account: IntArray
    rep: IntArray
    at: IntArray
    viewed: IntArray
    seconds: IntArray
    rating: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Trainings:
    """One value for each rep who takes part; `session` numbers trainings, some of which lie ahead.

    minutes: index into `MINUTES` or -1.
    """

    session: IntArray
    rep: IntArray
    kind: IntArray
    topic: IntArray
    at: IntArray
    minutes: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.session)


@dataclass(frozen=True)
class Enablement:
    contents: Contents
    uses: ContentUses
    trainings: Trainings


def draw_enablement(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    staff: Staff,
    accounts: Accounts,
    deals: Deals,
) -> Enablement:
    """Contents, their uses in deals and elsewhere, and what reps were taught."""
    contents = _draw_contents(rng, timeline)
    return Enablement(
        contents,
        _draw_uses(rng, settings, timeline, accounts, deals, contents),
        _draw_trainings(rng, timeline, staff),
    )


def _draw_contents(rng: np.random.Generator, timeline: Timeline) -> Contents:
    """The first half was there before the first day."""
    number = np.arange(CONTENTS)
    before = timeline.first_day - rng.integers(1, 400, CONTENTS)
    later = timeline.first_day + rng.integers(0, max(1, timeline.days - 60), CONTENTS)
    published = np.where((number < CONTENTS // 2) | (number >= STALE), before, later)
    published[BRAND_NEW] = timeline.end_day - 20
    published[UNDATED] = NO_DAY
    return Contents(
        kind=number % len(CONTENT_KINDS),
        subject=number // len(CONTENT_KINDS),
        published_day=published,
        is_deleted=number == WITHDRAWN,
    )


def _draw_uses(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    accounts: Accounts,
    deals: Deals,
    contents: Contents,
) -> ContentUses:
    """Uses in deals, most of them before the close; and some that belong to no deal."""
    popularity = rng.gamma(1.5, 1.0, CONTENTS)
    popularity[HELPFUL] = 2.5
    popularity[[NEVER_USED, BRAND_NEW]] = 0.0
    cumulative = np.cumsum(popularity) / popularity.sum()
    some = np.repeat(np.arange(len(deals)), rng.poisson(USES_FOR_EACH_DEAL, len(deals)))
    helped = np.repeat(
        np.arange(len(deals)), rng.poisson(HELPFUL_USES_FOR_EACH_WIN, len(deals)) * deals.is_won
    )
    loose = rng.integers(0, len(accounts), settings.count(USES_WITHOUT_DEAL_IN_SAMPLE))
    deal = np.concatenate((some, helped))
    content = np.concatenate(
        (
            np.searchsorted(cumulative, rng.random(len(some)), side="right"),
            np.full(len(helped), HELPFUL),
            np.searchsorted(cumulative, rng.random(len(loose)), side="right"),
        )
    )
    closed = deals.closed_at[deal] != NEVER
    until = np.where(closed, deals.closed_at[deal], timeline.end_at)
    at = deals.created_at[deal] + (rng.random(len(deal)) * (until - deals.created_at[deal])).astype(np.int64)
    late = closed & (rng.random(len(deal)) < USED_AFTER_CLOSE)
    at = np.where(late, until + rng.integers(1, 60 * DAY_MS, len(deal)), at)
    loose_at = timeline.start_at + rng.integers(0, timeline.days * DAY_MS, len(loose))
    at = np.concatenate((at, loose_at)) // 1000 * 1000
    deal = np.concatenate((deal, np.full(len(loose), -1)))
    account = np.where(
        deal >= 0, deals.account[deal], np.concatenate((np.zeros(len(at) - len(loose)), loose))
    )
    account = account.astype(np.int64)

    half_time = timeline.start_at + timeline.days * DAY_MS // 2
    kept = (at < timeline.end_at) & (local_day(at) >= contents.published_day[content])
    kept &= (content != STALE) | (at < half_time)
    order = np.flatnonzero(kept)
    order = order[np.argsort(at[order], kind="stable")]
    content, deal, account, at = (array[order] for array in (content, deal, account, at))
    count = len(order)
    viewed = rng.choice([UNKNOWN, NO, YES], count, p=[0.1, 0.35, 0.55])
    viewed[contents.kind[content] == PRICE_LIST] = UNKNOWN
    rated = (viewed == YES) & (rng.random(count) < 0.3)
    return ContentUses(
        content=content,
        deal=deal,
        account=account,
        rep=np.where(deal >= 0, deals.owner[deal], accounts.owner[account]),
        at=at,
        viewed=viewed,
        seconds=np.where(viewed == YES, rng.gamma(1.4, 90.0, count).astype(np.int64) + 3, 0),
        rating=np.where(rated, rng.choice(5, count, p=[0.05, 0.1, 0.2, 0.4, 0.25]) + 1, 0),
        is_deleted=rng.random(count) < DELETED,
    )


def _draw_trainings(rng: np.random.Generator, timeline: Timeline, staff: Staff) -> Trainings:
    """Coachings of one rep and trainings of a few; the last weeks' plan lies ahead."""
    sessions = max(8, staff.reps * timeline.months // 16)
    kind = rng.integers(0, 2, sessions)
    size = np.where(kind == COACHING, 1, rng.integers(3, 7, sessions))
    day = timeline.first_day + rng.integers(0, timeline.days + 25, sessions)
    day[0], day[1] = timeline.end_day - 10, timeline.end_day + 5
    at = local_midnight(day) + draw_time_of_day(rng, STAFF_HOURS, sessions)
    topic = rng.integers(0, len(TOPICS), sessions)
    minutes = rng.integers(-1, len(MINUTES), sessions)
    # A session's reps sit next to each other in the list, so that nobody takes part twice.
    first = rng.integers(0, staff.reps, sessions)
    session = np.repeat(np.arange(sessions), size)
    seat = np.arange(len(session)) - np.repeat(np.cumsum(size) - size, size)
    rep = (first[session] + seat) % staff.reps
    kept = rep != UNTRAINED_REP
    session, rep = session[kept], rep[kept]
    return Trainings(
        session=session,
        rep=rep,
        kind=kind[session],
        topic=topic[session],
        at=at[session],
        minutes=minutes[session],
        is_deleted=rng.random(len(session)) < 0.03,
    )
