"""Tasks: automatic replies, calls, e-mails and meetings around leads, deals and customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.deal_paths import WON
from simulator.deals import Accounts, Deals
from simulator.leads import Leads
from simulator.settings import SimulationSettings
from simulator.timeline import DAY_MS, HOUR_MS, NEVER, IntArray, Timeline

AUTOMATIC_REPLY = 0.42  # of leads from forms
LEAD_ANSWERED = 0.34
DEAL_SILENT = 0.07
TASKS_FOR_EACH_DEAL = 1.15
DEAL_AUTOMATIC = 0.10
LOGGED_FROM_BEFORE = 0.03
CUSTOMER_CALLS_IN_SAMPLE = 90
PLANNED_SHARE = 0.35  # of open deals
DELETED = 0.003
CALL, EMAIL, MEETING = range(3)
SUBTYPES = ("Call", "Email", "Task")
SUBJECTS = ("Call", "Email", "Meeting", "Automatic reply", "Automatic reminder")
AUTOMATIC_REPLY_SUBJECT, AUTOMATIC_REMINDER_SUBJECT = 3, 4
DISPOSITIONS = ("Connected", "No Answer", "Left Voicemail")


@dataclass(frozen=True)
class Tasks:
    """One value for each task, by time; references are rows or -1.

    at: UTC of completion, or of the plan for tasks that are still open; is_planned: not done yet.
    disposition, is_inbound, seconds: of calls.
    """

    lead: IntArray
    contact: IntArray
    deal: IntArray
    owner: IntArray
    kind: IntArray
    subject: IntArray
    at: IntArray
    is_automatic: NDArray[np.bool_]
    is_planned: NDArray[np.bool_]
    is_inbound: NDArray[np.bool_]
    disposition: IntArray
    seconds: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at)


def draw_tasks(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    leads: Leads,
    accounts: Accounts,
    deals: Deals,
) -> Tasks:
    """Everything that people and machines did, in order of time."""
    parts = [
        _lead_replies(rng, leads),
        _lead_answers(rng, leads),
        _deal_tasks(rng, timeline, deals),
        _deal_reminders(rng, timeline, deals),
        _tasks_logged_from_before(rng, timeline, deals),
        _customer_calls(rng, settings, timeline, deals),
        _planned(rng, timeline, deals),
    ]
    lead, deal, contact, at, kind, automatic, planned = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    kept = planned | (at < timeline.end_at)
    order = np.flatnonzero(kept)
    order = order[np.lexsort((kind[order], deal[order], lead[order], at[order]))]
    lead, deal, contact, at, kind = (array[order] for array in (lead, deal, contact, at, kind))
    automatic, planned = automatic[order], planned[order]
    count = len(order)
    owner = np.where(
        lead >= 0, leads.owner[lead], np.where(deal >= 0, deals.owner[deal], accounts.owner[contact])
    )
    subject = np.where(
        automatic, np.where(lead >= 0, AUTOMATIC_REPLY_SUBJECT, AUTOMATIC_REMINDER_SUBJECT), kind
    )
    is_call = kind == CALL
    disposition = np.where(is_call & ~planned, rng.choice(3, count, p=[0.58, 0.27, 0.15]), -1)
    connected = disposition == 0
    seconds = np.where(connected, rng.gamma(1.6, 160.0, count).astype(np.int64) + 15, 0)
    return Tasks(
        lead=lead,
        contact=contact,
        deal=deal,
        owner=owner,
        kind=kind,
        subject=subject,
        at=at,
        is_automatic=automatic,
        is_planned=planned,
        is_inbound=is_call & (rng.random(count) < 0.2),
        disposition=disposition,
        seconds=seconds,
        is_deleted=rng.random(count) < DELETED,
    )


Part = tuple[IntArray, IntArray, IntArray, IntArray, IntArray, NDArray[np.bool_], NDArray[np.bool_]]
"""lead, deal, contact, at, kind, is_automatic, is_planned."""


def _part(
    at: IntArray,
    kind: IntArray,
    lead: IntArray | None = None,
    deal: IntArray | None = None,
    contact: IntArray | None = None,
    automatic: bool = False,
    planned: bool = False,
) -> Part:
    none = np.full(len(at), -1)
    return (
        none if lead is None else lead,
        none if deal is None else deal,
        none if contact is None else contact,
        at // 1000 * 1000,
        kind,
        np.full(len(at), automatic),
        np.full(len(at), planned),
    )


def _kinds(rng: np.random.Generator, count: int) -> IntArray:
    return rng.choice(3, count, p=[0.46, 0.36, 0.18])


def _lead_replies(rng: np.random.Generator, leads: Leads) -> Part:
    """A machine thanks for the request within a minute."""
    from_form = np.isin(leads.source, channels.FORM_SOURCES) & ~leads.is_deleted
    rows = np.flatnonzero(from_form & (leads.email_style >= 0) & (rng.random(len(leads)) < AUTOMATIC_REPLY))
    at = leads.created_at[rows] + rng.integers(5_000, 60_000, len(rows))
    return _part(at, np.full(len(rows), EMAIL), lead=rows, automatic=True)


def _lead_answers(rng: np.random.Generator, leads: Leads) -> Part:
    """A person answers after minutes or days; many leads are never answered."""
    live = (leads.duplicate_of < 0) & ~leads.is_deleted
    rows = np.flatnonzero(live & (rng.random(len(leads)) < LEAD_ANSWERED))
    wait = (rng.lognormal(1.0, 1.6, len(rows)) * HOUR_MS).astype(np.int64) + 60_000
    at = leads.created_at[rows] + wait
    in_time = (leads.converted_at[rows] == NEVER) | (at < leads.converted_at[rows])
    rows, at = rows[in_time], at[in_time]
    return _part(at, _kinds(rng, len(rows)), lead=rows)


def _deal_end(timeline: Timeline, deals: Deals) -> IntArray:
    """Until when a deal is worked on."""
    return np.where(deals.closed_at == NEVER, timeline.end_at, deals.closed_at)


def _deal_tasks(rng: np.random.Generator, timeline: Timeline, deals: Deals) -> Part:
    """The first follow-up comes soon; the others any time before the deal ends."""
    silent = rng.random(len(deals)) < DEAL_SILENT
    active = np.flatnonzero(~silent & ~deals.is_deleted)
    room = (_deal_end(timeline, deals) - deals.created_at)[active]
    wait = (rng.exponential(1.8 * DAY_MS, len(active))).astype(np.int64) + 120_000
    first_at = deals.created_at[active] + np.where(wait < room, wait, room // 2)
    more = rng.poisson(TASKS_FOR_EACH_DEAL, len(active))
    who = np.repeat(np.arange(len(active)), more)
    left = (_deal_end(timeline, deals)[active] - first_at)[who]
    more_at = first_at[who] + (rng.random(len(who)) ** 1.3 * np.minimum(left, 120 * DAY_MS)).astype(np.int64)
    deal = np.concatenate((active, active[who]))
    at = np.concatenate((first_at, more_at))
    return _part(at, _kinds(rng, len(at)), deal=deal, contact=deals.account[deal])


def _deal_reminders(rng: np.random.Generator, timeline: Timeline, deals: Deals) -> Part:
    """Automatic e-mails often come before anybody does something; they are no follow-up."""
    rows = np.flatnonzero(~deals.is_deleted & (rng.random(len(deals)) < DEAL_AUTOMATIC))
    at = deals.created_at[rows] + rng.integers(60_000, 40 * HOUR_MS, len(rows))
    rows, at = rows[at < _deal_end(timeline, deals)[rows]], at[at < _deal_end(timeline, deals)[rows]]
    return _part(at, np.full(len(rows), EMAIL), deal=rows, contact=deals.account[rows], automatic=True)


def _tasks_logged_from_before(rng: np.random.Generator, timeline: Timeline, deals: Deals) -> Part:
    """Talks before the deal was entered, attached to it later: not a follow-up either."""
    early = deals.created_at - 5 * DAY_MS > timeline.start_at
    rows = np.flatnonzero(~deals.is_deleted & early & (rng.random(len(deals)) < LOGGED_FROM_BEFORE))
    at = deals.created_at[rows] - rng.integers(HOUR_MS, 4 * DAY_MS, len(rows))
    return _part(at, _kinds(rng, len(rows)), deal=rows, contact=deals.account[rows])


def _customer_calls(
    rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline, deals: Deals
) -> Part:
    """Calls to customers that belong to no deal."""
    won = np.flatnonzero((deals.stage == WON) & ~deals.is_deleted)
    count = settings.count(CUSTOMER_CALLS_IN_SAMPLE) if len(won) else 0
    rows = won[rng.integers(0, max(1, len(won)), count)]
    at = deals.closed_at[rows] + (rng.random(count) * (timeline.end_at - deals.closed_at[rows])).astype(
        np.int64
    )
    return _part(at, np.full(count, CALL), contact=deals.account[rows])


def _planned(rng: np.random.Generator, timeline: Timeline, deals: Deals) -> Part:
    """Tasks on open deals that lie ahead when the exports are written."""
    rows = np.flatnonzero(~deals.is_closed & ~deals.is_deleted & (rng.random(len(deals)) < PLANNED_SHARE))
    at = timeline.end_at + rng.integers(6 * HOUR_MS, 25 * DAY_MS, len(rows))
    return _part(at, _kinds(rng, len(rows)), deal=rows, contact=deals.account[rows], planned=True)
