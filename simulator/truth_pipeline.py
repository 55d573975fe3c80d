"""Truth about the pipeline: what was open at each month's end, and what moved it in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.company import CompanyParts
from simulator.counting import ALL
from simulator.deal_paths import LOST, STAGES, WON
from simulator.money import base_text
from simulator.timeline import IntArray, local_day, month_number, starts_run
from simulator.truth_sales import deal_base, rep_ids

DELETED, ABSENT = LOST + 1, -1


@dataclass(frozen=True)
class States:
    """How deals stood from each instant on, ordered by deal and time; amount in ten-thousandths of a euro."""

    deal: IntArray
    at: IntArray
    stage: IntArray
    amount: IntArray
    close_month: IntArray
    owner: IntArray


def deal_states(company: CompanyParts) -> States:
    """History, hand-overs and deletions of all deals on one line."""
    deals, history, handovers = company.deals, company.history, company.handovers
    deleted = np.flatnonzero(deals.is_deleted)
    count, changes = len(history), len(handovers)
    deal = np.concatenate((history.deal, handovers.deal, deleted))
    at = np.concatenate((history.at, handovers.at, company.deleted_at[deleted]))
    rank = np.arange(len(deal))
    order = np.lexsort((rank, at, deal))
    deal, at, rank = deal[order], at[order], rank[order]
    row = np.maximum.accumulate(np.where(rank < count, rank, 0))  # the history row in force
    owner = _owners(company, deal, at)
    stage = np.where(rank >= count + changes, DELETED, history.stage[row])
    base = deal_base(company, history.amount[row], deal)
    close_month = month_number(history.close_day[row])
    is_last = np.append((deal[1:] != deal[:-1]) | (at[1:] != at[:-1]), True)
    return States(*(part[is_last] for part in (deal, at, stage, base, close_month, owner)))


def _owners(company: CompanyParts, deal: IntArray, at: IntArray) -> IntArray:
    """Who owned the deals at the given times: the last taker so far, or the first giver, or the owner."""
    handovers = company.handovers
    owner = company.deals.owner.copy()
    first = np.flatnonzero(starts_run(handovers.deal))
    owner[handovers.deal[first]] = handovers.giver[first]
    result = owner[deal]
    turn = np.arange(len(handovers)) - np.repeat(first, np.diff(np.append(first, len(handovers))))
    for number in range(int(turn.max(initial=-1)) + 1):
        chosen = np.flatnonzero(turn == number)
        taken_at = np.full(len(company.deals), np.iinfo(np.int64).max)
        taker = np.zeros(len(company.deals), dtype=np.int64)
        taken_at[handovers.deal[chosen]], taker[handovers.deal[chosen]] = (
            handovers.at[chosen],
            handovers.taker[chosen],
        )
        result = np.where(at >= taken_at[deal], taker[deal], result)
    return result


def _at(states: States, instant: int) -> IntArray:
    """Rows of the states in which open deals are at an instant (exclusive)."""
    before = states.at < instant
    is_state = before & np.append(~before[1:] | (states.deal[1:] != states.deal[:-1]), True)
    return np.flatnonzero(is_state & (states.stage < WON))


def count_open_pipeline(company: CompanyParts) -> dict[str, Any]:
    """scope ('all' or user id) -> month -> stage or 'all' -> deals open at the month's end and their amount.

    Reps by the owner of that moment; a deal that was deleted later was open until then.
    """
    states, timeline = deal_states(company), company.timeline
    scopes = [*rep_ids(company), ALL]
    result: dict[str, Any] = {scope: {} for scope in scopes}
    for month, cut in zip(timeline.month_texts(), timeline.month_ends(), strict=True):
        rows = _at(states, int(cut))
        shape = len(scopes), WON + 1
        count, amount = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        cell = states.owner[rows], states.stage[rows]
        np.add.at(count, cell, 1)
        np.add.at(amount, cell, states.amount[rows])
        for grid in (count, amount):
            grid[-1] = grid[:-1].sum(axis=0)
            grid[:, -1] = grid[:, :-1].sum(axis=1)
        for number, scope in enumerate(scopes):
            result[scope][month] = {
                name: {
                    "open_count": int(count[number, stage]),
                    "open_amount_eur": base_text(amount[number, stage]),
                }
                for stage, name in enumerate((*STAGES[:WON], ALL))
                if count[number, stage] or name == ALL
            }
    return result


def count_pipeline_movement(company: CompanyParts) -> dict[str, Any]:
    """scope -> month -> every term of the waterfall, count and amount in euro.

    Of the deals open and expected to close in the month. A change is taken apart in this order: another
    owner, another expected close, another amount, the closing; a win always takes place in its month.
    """
    timeline = company.timeline
    scopes = [*rep_ids(company), ALL]
    terms: dict[str, NDArray[np.int64]] = {}

    def add(name: str, owner: IntArray, month: IntArray, amount: IntArray) -> None:
        grid = terms.setdefault(name, np.zeros((2, len(scopes), timeline.months), dtype=np.int64))
        for number, value in enumerate((np.ones(len(owner), dtype=np.int64), amount)):
            np.add.at(grid[number], (owner, month), value)
            np.add.at(grid[number], (np.full(len(owner), len(scopes) - 1), month), value)

    states = deal_states(company)
    for name, shift in (("start", 0), ("end", 1)):
        ends = [timeline.start_at, *timeline.month_ends()]
        for month in range(timeline.months):
            rows = _at(states, int(ends[month + shift]))
            rows = rows[states.close_month[rows] == timeline.first_month + month]
            add(name, states.owner[rows], np.full(len(rows), month), states.amount[rows])
    for name, (chosen, owner, amount) in _terms(states).items():
        month = month_number(local_day(states.at)) - timeline.first_month
        add(name, owner[chosen], month[chosen], amount[chosen])
    result: dict[str, Any] = {}
    for number, scope in enumerate(scopes):
        result[scope] = {
            month: {
                key: value
                for name, grid in terms.items()
                for key, value in (
                    (f"{name}_count", int(grid[0, number, column])),
                    (f"{name}_amount_eur", base_text(grid[1, number, column])),
                )
            }
            for column, month in enumerate(timeline.month_texts())
        }
    return result


def _terms(states: States) -> dict[str, tuple[NDArray[np.bool_], IntArray, IntArray]]:
    """term -> (rows it holds for, owner it counts for, amount)."""
    is_first = starts_run(states.deal)

    def before(values: IntArray, nothing: int) -> IntArray:
        return np.where(is_first, nothing, np.roll(values, 1))

    month = month_number(local_day(states.at))
    stage, now, owner = before(states.stage, ABSENT), states.stage, states.owner
    amount, giver = before(states.amount, 0), before(states.owner, -1)
    was_open, is_open = (stage != ABSENT) & (stage < WON), now < WON
    was_in = was_open & (before(states.close_month, 0) == month)
    is_in = (is_open & (states.close_month == month)) | (was_open & (now == WON))
    opens = is_open & ~was_open
    stays = is_in & ~opens
    change = states.amount - amount
    return {
        "created": (opens & is_in & is_first, owner, states.amount),
        "reopened": (opens & is_in & ~is_first, owner, states.amount),
        "pulled_in": (stays & ~was_in, owner, amount),
        "increased": (stays & (change > 0), owner, change),
        "transferred_in": (was_in & (giver != owner), owner, amount),
        "decreased": (stays & (change < 0), owner, -change),
        "pushed_out": (was_in & is_open & ~is_in, owner, amount),
        "transferred_out": (was_in & (giver != owner), giver, amount),
        "deleted": (was_in & (now == DELETED), owner, amount),
        "lost": (was_in & (now == LOST), owner, amount),
        "won": (was_open & (now == WON), owner, states.amount),
    }
