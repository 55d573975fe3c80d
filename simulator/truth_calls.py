"""Truth about activities and calls: how many, what was noted, and which calls a deal followed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.activities import CALL, EMAIL, MEETING
from simulator.calls import NOT_NOTED, YES
from simulator.columns import RecordId
from simulator.company import CompanyParts
from simulator.counting import Cells, quotient
from simulator.exports_sales import TASK
from simulator.rendering import render
from simulator.timeline import DAY_MS, IntArray, local_day, local_midnight
from simulator.truth_funnel import mature_months
from simulator.truth_sales import rep_ids

CONVERSION_DAYS = 30
# Instants of one account stay together when they are sorted: milliseconds need 41 bits until 2039.
INSTANT_BITS = 42


def happened(company: CompanyParts) -> NDArray[np.bool_]:
    """(tasks,) whether it has happened and was not deleted."""
    return ~company.tasks.is_planned & ~company.tasks.is_deleted


def outbound_calls(company: CompanyParts) -> NDArray[np.bool_]:
    """(tasks,) whether it is a call that a rep made."""
    tasks = company.tasks
    return happened(company) & (tasks.kind == CALL) & ~tasks.is_inbound & ~tasks.is_automatic


def account_of_task(company: CompanyParts) -> IntArray:
    """(tasks,) the account it was with, also where it was with a lead that became one; else -1."""
    tasks, leads, deals = company.tasks, company.leads, company.deals
    lead_deal = leads.deal[leads.survivor]
    lead_account = np.where(lead_deal >= 0, deals.account[lead_deal], -1)
    account = np.where(tasks.lead >= 0, lead_account[tasks.lead], -1)
    account = np.where(tasks.deal >= 0, deals.account[tasks.deal], account)
    return np.where(tasks.contact >= 0, tasks.contact, account)


def call_of_deal(company: CompanyParts) -> IntArray:
    """(deals,) the last outbound call to the account within 30 local days before it, or -1."""
    tasks, deals = company.tasks, company.deals
    account = account_of_task(company)
    call = np.flatnonzero(outbound_calls(company) & (account >= 0))
    key = (account[call] << INSTANT_BITS) + tasks.at[call]
    order = np.argsort(key, kind="stable")
    key, call = key[order], call[order]
    day = local_day(deals.created_at)
    # A deal entered at midnight looks like one of which only the day is known: it follows the day's calls.
    at_midnight = deals.created_at == local_midnight(day)
    latest = np.where(at_midnight, deals.created_at + DAY_MS - 1, deals.created_at)
    place = np.searchsorted(key, (deals.account << INSTANT_BITS) + latest, side="right") - 1
    if not len(call):
        return np.full(len(deals), -1)
    found = call[np.maximum(place, 0)]
    fits = (place >= 0) & (account[found] == deals.account)
    fits &= day - local_day(tasks.at[found]) <= CONVERSION_DAYS
    return np.where(fits & ~deals.is_deleted, found, -1)


def led_to_deal(company: CompanyParts) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(tasks,) whether a deal followed, and whether one that is won followed."""
    call = call_of_deal(company)
    led, led_to_won = np.zeros((2, len(company.tasks)), dtype=bool)
    led[call[call >= 0]] = True
    led_to_won[call[(call >= 0) & company.deals.is_won]] = True
    return led, led_to_won


def list_calls_with_deals(company: CompanyParts) -> dict[str, int]:
    """Task id -> 1 where a won deal followed the call, 0 where another did."""
    led, led_to_won = led_to_deal(company)
    rows = np.flatnonzero(led)
    ids = render(RecordId(TASK, rows))
    return {str(name): int(won) for name, won in zip(ids, led_to_won[rows], strict=True)}


def recontactable_days(company: CompanyParts) -> IntArray:
    """Rows of one task for each rep, local day and person who agreed to be contacted again."""
    tasks, notes = company.tasks, company.notes
    rows = np.flatnonzero(happened(company) & ~tasks.is_automatic & (notes.agreed == YES))
    person = np.where(tasks.contact >= 0, 2 * tasks.contact, 2 * tasks.lead + 1)
    triple = np.stack((tasks.owner, local_day(tasks.at), person))[:, rows]
    return rows[np.unique(triple, axis=1, return_index=True)[1]]


def count_calls(company: CompanyParts) -> dict[str, Any]:
    """scope ('all' or user id) -> period ('all' or first day of month) -> counts of activities and calls.

    value_added_calls_count counts connected calls, noted_calls_count those of them with a note.
    opportunities_count, won_count: outbound calls that a deal, and a won one, followed.
    """
    tasks, notes, timeline = company.tasks, company.notes, company.timeline
    cells = Cells.of(timeline, rep_ids(company))
    done = happened(company)
    month = timeline.month_index(local_day(np.where(done, tasks.at, timeline.start_at)))
    human = done & ~tasks.is_automatic
    is_call = human & (tasks.kind == CALL)
    connected, outbound = is_call & (tasks.disposition == 0), outbound_calls(company)
    led, led_to_won = led_to_deal(company)
    mature = mature_months(timeline, "call_conversion")[month] & outbound

    def total(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = np.flatnonzero(chosen)
        return cells.total(tasks.owner[rows], month[rows])

    replies = company.service.replies
    reply_month = timeline.month_index(local_day(replies.at))

    def of_replies(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Answers to cases are e-mails, what their customers say comes by phone; nobody notes how such calls went."""
        rows = np.flatnonzero(chosen & ~replies.is_deleted)
        return cells.total(replies.owner[rows], reply_month[rows])

    agreed = recontactable_days(company)
    by_people = ~replies.is_automatic
    grids = {
        "activities_count": total(human) + of_replies(by_people),
        "calls_count": total(is_call) + of_replies(by_people & replies.is_inbound),
        "emails_count": total(human & (tasks.kind == EMAIL)) + of_replies(by_people & ~replies.is_inbound),
        "meetings_count": total(human & (tasks.kind == MEETING)),
        "automatic_count": total(done & tasks.is_automatic) + of_replies(replies.is_automatic),
        "recontactable_count": cells.total(tasks.owner[agreed], month[agreed]),
        "connected_calls_count": total(connected),
        "noted_calls_count": total(connected & (notes.value_added != NOT_NOTED)),
        "value_added_calls_count": total(connected & (notes.value_added == YES)),
        "outbound_calls_count": total(outbound),
        "opportunities_count": total(led),
        "won_count": total(led_to_won),
        "mature_outbound_calls_count": total(mature),
        "mature_opportunities_count": total(mature & led),
        "mature_won_count": total(mature & led_to_won),
    }
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        told: dict[str, Any] = {name: int(grid[row, column]) for name, grid in grids.items()}
        calls = told["outbound_calls_count"]
        told["opportunities_per_1000"] = quotient(told["opportunities_count"] * 1000, calls)
        told["won_per_1000"] = quotient(told["won_count"] * 1000, calls)
        result.setdefault(scope, {})[period] = told
    return result
