"""What else happens to deals: they pass from one rep to another, and some are deleted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.deals import Deals
from simulator.staff import FAR_DAY, PERFECT_REP, RARE_REP, Staff
from simulator.timeline import (
    DAY_MS,
    HOUR_MS,
    NEVER,
    NO_DAY,
    STAFF_HOURS,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
)

HANDED_OVER = 0.06  # of the deals, by someone who stays
WITHIN_TEAM = 0.4  # of those hand-overs
LONGEST_WAIT = 30  # days from a deal's last change to its deletion


@dataclass(frozen=True)
class Handovers:
    """One value for each change of a deal's owner, ordered by deal and time; giver and taker are reps."""

    deal: IntArray
    at: IntArray
    giver: IntArray
    taker: IntArray

    def __len__(self) -> int:
        return len(self.deal)


def draw_handovers(rng: np.random.Generator, timeline: Timeline, staff: Staff, deals: Deals) -> Handovers:
    """Who a deal belonged to before; whoever owned it last is in the deals already."""
    count = len(deals)
    left = np.where(staff.left_day == NO_DAY, FAR_DAY, staff.left_day)[staff.first_rep :]
    joined, team = staff.created_day[staff.first_rep :], staff.team[staff.first_rep :]

    # A leaver's deals pass on the day of leaving, early in the morning.
    passed = np.flatnonzero(deals.first_owner != deals.owner)
    passed_at = local_midnight(left[deals.first_owner[passed]]) + draw_time_of_day(
        rng, STAFF_HOURS, len(passed)
    )

    # Others were somebody else's in the beginning, for a part of the time until they closed.
    created = local_day(deals.created_at)
    end = np.where(deals.first_closed_at == NEVER, timeline.end_day, local_day(deals.first_closed_at))
    end = np.minimum(end, left[deals.first_owner])
    giver = rng.integers(0, staff.reps, count)
    colleague = _colleagues(team, giver, deals.first_owner)
    giver = np.where(rng.random(count) < WITHIN_TEAM, colleague, giver)
    room = end - created - 1
    fit = (giver != deals.first_owner) & (giver != RARE_REP) & (giver != PERFECT_REP)
    fit &= (joined[giver] <= created) & (left[giver] > end) & (room > 0)
    given = np.flatnonzero((rng.random(count) < HANDED_OVER) & fit)
    day = created[given] + 1 + np.floor(rng.random(len(given)) * room[given]).astype(np.int64)
    given_at = local_midnight(day) + draw_time_of_day(rng, STAFF_HOURS, len(given))

    deal = np.concatenate((given, passed))
    at = np.concatenate((given_at, passed_at))
    order = np.lexsort((at, deal))
    return Handovers(
        deal[order],
        at[order],
        np.concatenate((giver[given], deals.first_owner[passed]))[order],
        np.concatenate((deals.first_owner[given], deals.owner[passed]))[order],
    )


def _colleagues(team: IntArray, draw: IntArray, owner: IntArray) -> IntArray:
    """For each owner a rep of the same team, by a random number."""
    order = np.argsort(team, kind="stable")
    start = np.searchsorted(team[order], np.arange(team.max() + 1))
    size = np.bincount(team)
    return order[start[team[owner]] + draw % size[team[owner]]]


def draw_deletions(rng: np.random.Generator, timeline: Timeline, deals: Deals) -> IntArray:
    """(deals,) UTC of the deletion, some days after the last change; `NEVER` for all others."""
    wait = rng.integers(1, LONGEST_WAIT + 1, len(deals)) * DAY_MS
    latest = np.maximum(deals.changed_at, timeline.end_at - HOUR_MS)
    return np.where(deals.is_deleted, np.minimum(deals.changed_at + wait, latest), NEVER)
