"""How a deal moves: stages, skips, steps back, closings, reopenings and the rows of its history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.timeline import (
    NEVER,
    STAFF_HOURS,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
    starts_run,
)

STAGES = (
    "Prospecting", "Qualification", "Needs Analysis", "Proposal", "Negotiation", "Closed Won", "Closed Lost",
)  # fmt: skip
PROSPECTING, QUALIFICATION, NEEDS_ANALYSIS, PROPOSAL, NEGOTIATION, WON, LOST = range(7)
PROBABILITY = (10, 25, 40, 60, 80, 100, 0)
FORECAST = ("Pipeline", "Pipeline", "Best Case", "Best Case", "Commit", "Closed", "Omitted")

# Entry stage of new deals, then by open stage: chance to lose at the next move, chance to skip a
# stage, chance to step back; and the dwell in days (median, and sigma of its logarithm).
ENTRY = (0.86, 0.11, 0.03)
LOSE = np.array([0.22, 0.19, 0.17, 0.22, 0.28])
SKIP = np.array([0.07, 0.08, 0.08, 0.06, 0.0])
BACK = np.array([0.0, 0.04, 0.04, 0.04, 0.05])
DWELL_MEDIAN = np.array([4.5, 6.2, 6.6, 7.0, 6.6])
DWELL_SIGMA = 0.75
STALLED = 0.03
STALL_FACTOR = 11.0
REOPEN_WON, REOPEN_LOST = 0.02, 0.07
LONGEST_PATH = 16
# Some people close deals after midnight: 01:30 in the reporting zone is 22:30 UTC of the day before.
CLOSED_AT_NIGHT = 0.06
NIGHT_MS = 90 * 60_000
PUSHED = 0.20
AMENDED_AFTER_CLOSE = 0.045  # of won deals
AMOUNT_CHANGES = 0.35
MOVE, PUSH, AMENDMENT = range(3)


@dataclass(frozen=True)
class History:
    """Change rows of deals, ordered by deal and time; the first row of a deal is its creation.

    at: UTC; amount: cents in the deal's currency; close_day: local day expected, or of closing.
    kind: `MOVE` (a stage was entered), `PUSH` (close date moved) or `AMENDMENT` (amount corrected
    after closing).
    """

    deal: IntArray
    at: IntArray
    stage: IntArray
    amount: IntArray
    close_day: IntArray
    kind: IntArray

    def __len__(self) -> int:
        return len(self.deal)

    @property
    def is_last(self) -> NDArray[np.bool_]:
        """True for the row that holds a deal's current state."""
        return starts_run(self.deal[::-1])[::-1]

    @property
    def is_first(self) -> NDArray[np.bool_]:
        """True for the row of a deal's creation."""
        return starts_run(self.deal)


def draw_history(
    rng: np.random.Generator,
    timeline: Timeline,
    created_at: IntArray,
    shift: NDArray[np.float64],
    amount: IntArray,
    unit: IntArray,
) -> History:
    """Histories of deals.

    created_at: (n,) UTC; shift: (n,) log-odds against losing at each move; amount: (n,) cents that
    the deal ends at; unit: (n,) cents to which other amounts are rounded.
    """
    stage, at = _draw_moves(rng, timeline, created_at, shift)
    deal, step = np.nonzero(at != NEVER)
    moves = (deal, at[deal, step], stage[deal, step], np.full(len(deal), MOVE))
    pushes = _draw_pushes(rng, timeline, stage, at)
    amendments = _draw_amendments(rng, timeline, stage, at)
    parts = [np.concatenate(column) for column in zip(moves, pushes, amendments, strict=True)]
    order = np.lexsort((parts[1], parts[0]))
    deal, at, stage, kind = (part[order] for part in parts)
    is_first = starts_run(deal)
    return History(
        deal,
        at,
        stage,
        _draw_amounts(rng, deal, kind, is_first, amount, unit),
        _draw_close_days(rng, at, stage, kind, is_first),
        kind,
    )


def _draw_moves(
    rng: np.random.Generator, timeline: Timeline, created_at: IntArray, shift: NDArray[np.float64]
) -> tuple[IntArray, IntArray]:
    """(n, steps) stage and UTC time of each stage entry; time `NEVER` where there is none.

    The loop runs over steps, at most `LONGEST_PATH`; all deals take a step together.
    """
    count = len(created_at)
    stage = np.zeros((count, LONGEST_PATH), dtype=np.int64)
    at = np.full((count, LONGEST_PATH), NEVER)
    stage[:, 0] = np.searchsorted(np.cumsum(ENTRY)[:-1], rng.random(count), side="right")
    at[:, 0] = created_at
    reopened = np.zeros(count, dtype=bool)
    for step in range(1, LONGEST_PATH):
        before, last = stage[:, step - 1], at[:, step - 1]
        is_open = before < WON
        draw = rng.random(count)
        chance = np.where(before == WON, REOPEN_WON, REOPEN_LOST)
        reopens = ~is_open & ~reopened & (draw < chance)
        following = np.where(is_open, _next_stage(draw, np.minimum(before, NEGOTIATION), shift), 0)
        following = np.where(reopens, rng.integers(PROPOSAL, NEGOTIATION + 1, count), following)
        dwell = _draw_dwell(rng, np.where(is_open, before, NEGOTIATION)) + 2 * reopens
        time_of_day = draw_time_of_day(rng, STAFF_HOURS, count)
        at_night = (following >= WON) & (rng.random(count) < CLOSED_AT_NIGHT)
        time_of_day = np.where(at_night, NIGHT_MS, time_of_day)
        when = local_midnight(local_day(last) + dwell) + time_of_day
        moves = (last != NEVER) & (is_open | reopens) & (when < timeline.end_at)
        reopened |= moves & reopens
        stage[:, step] = np.where(moves, following, before)
        at[:, step] = np.where(moves, when, NEVER)
        if not moves.any():
            break
    return stage, at


def _next_stage(draw: NDArray[np.float64], stage: IntArray, shift: NDArray[np.float64]) -> IntArray:
    """Where an open deal goes next: lost, back, two on, or one on."""
    odds = LOSE / (1 - LOSE)
    lose = odds[stage] * np.exp(-shift)
    lose = lose / (1 + lose)
    back = lose + (1 - lose) * BACK[stage]
    skip = back + (1 - lose) * SKIP[stage]
    on = np.where(draw < skip, stage + 2, stage + 1)
    return np.where(draw < lose, LOST, np.where(draw < back, stage - 1, on))


def _draw_dwell(rng: np.random.Generator, stage: IntArray) -> IntArray:
    """Whole days in a stage, one at least; now and then a deal stalls."""
    days = DWELL_MEDIAN[stage] * rng.lognormal(0.0, DWELL_SIGMA, len(stage))
    days *= np.where(rng.random(len(stage)) < STALLED, STALL_FACTOR, 1.0)
    return 1 + np.floor(days).astype(np.int64)


def _draw_pushes(
    rng: np.random.Generator, timeline: Timeline, stage: IntArray, at: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Days between two moves on which only the expected close date (and at times the amount) moved."""
    following = np.concatenate((at[:, 1:], np.full((len(at), 1), NEVER)), axis=1)
    begin = local_day(at)
    end = np.where(following != NEVER, local_day(following), np.minimum(timeline.end_day, begin + 45))
    may = (at != NEVER) & (stage < WON) & (end - begin >= 4)
    deal, step = np.nonzero(may & (rng.random(at.shape) < PUSHED))
    room = (end - begin)[deal, step] - 2
    day = begin[deal, step] + 1 + np.floor(rng.random(len(deal)) * room).astype(np.int64)
    when = local_midnight(day) + draw_time_of_day(rng, STAFF_HOURS, len(deal))
    return deal, when, stage[deal, step], np.full(len(deal), PUSH)


def _draw_amendments(
    rng: np.random.Generator, timeline: Timeline, stage: IntArray, at: IntArray
) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Corrections of the amount a few days after the last closing."""
    last = (at != NEVER).sum(axis=1) - 1
    deal = np.arange(len(at))
    final_stage, final_at = stage[deal, last], at[deal, last]
    day = local_day(final_at) + rng.integers(1, 9, len(deal))
    when = local_midnight(day) + draw_time_of_day(rng, STAFF_HOURS, len(deal))
    chosen = (final_stage == WON) & (rng.random(len(deal)) < AMENDED_AFTER_CLOSE)
    deal = deal[chosen & (when < timeline.end_at)]
    return deal, when[deal], final_stage[deal], np.full(len(deal), AMENDMENT)


def _draw_amounts(
    rng: np.random.Generator,
    deal: IntArray,
    kind: IntArray,
    is_first: NDArray[np.bool_],
    amount: IntArray,
    unit: IntArray,
) -> IntArray:
    """Amount at each row: deals that change start elsewhere and then settle at their amount."""
    changes = ~is_first & (rng.random(len(deal)) < np.where(kind == MOVE, AMOUNT_CHANGES / 2, AMOUNT_CHANGES))
    running = np.cumsum(changes)
    start_row = np.flatnonzero(is_first)
    since_start = running - np.repeat(running[start_row], np.diff(np.append(start_row, len(deal))))
    ever = np.zeros(len(amount), dtype=bool)
    ever[deal[changes]] = True
    factor = rng.choice([0.7, 0.85, 1.15, 1.3], len(amount))
    first_amount = np.where(ever, np.rint(amount * factor / unit).astype(np.int64) * unit, amount)
    first_amount = np.maximum(first_amount, unit)
    value = np.where(since_start > 0, amount[deal], first_amount[deal])
    step = np.maximum(unit[deal], np.rint(amount[deal] * 0.04 / unit[deal]).astype(np.int64) * unit[deal])
    up = rng.random(len(deal)) < 0.5
    corrected = np.where(up, amount[deal] + step, np.maximum(unit[deal], amount[deal] - step))
    corrected = np.where(corrected == value, amount[deal] + step, corrected)
    return np.where(kind == AMENDMENT, corrected, value)


def _draw_close_days(
    rng: np.random.Generator,
    at: IntArray,
    stage: IntArray,
    kind: IntArray,
    is_first: NDArray[np.bool_],
) -> IntArray:
    """Expected close day at each open row; the day of closing at closed rows."""
    day = local_day(at)
    after_close = np.zeros(len(day), dtype=bool)
    after_close[1:] = (stage[:-1] >= WON) & ~is_first[1:] & (stage[1:] < WON)
    closing = (stage >= WON) & (kind == MOVE)
    renewed = is_first | after_close | closing
    ahead = rng.integers(12, 80, len(day))
    base = np.where(closing, day, day + ahead)
    # Most changes move the day out by weeks, some pull it in; none leaves it where it was.
    moved = np.cumsum(np.where(kind == PUSH, np.where(ahead < 26, 9 - ahead, ahead - 15), 0))
    source = np.maximum.accumulate(np.where(renewed, np.arange(len(day)), 0))
    return base[source] + moved - moved[source]
