"""Requests of customers and leads, the replies to them, quotes and surveys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.deals import Accounts, Deals
from simulator.leads import Leads
from simulator.settings import SimulationSettings
from simulator.timeline import (
    CUSTOMER_HOURS,
    DAY_MS,
    HOUR_MS,
    NEVER,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
)
from simulator.versions import Versions, draw_versions

CASES_IN_SAMPLE = 640
FORMS_NOTED = 0.7  # of leads from forms
ANSWERED, RESOLVED = 0.9, 0.85
IN_LOG, IN_TASKS, IN_BOTH = range(3)  # where the first response to a case is noted
EXACTLY = (HOUR_MS, 24 * HOUR_MS)  # waits on the edge of a band, a few of each
QUEUE = 0.05
DELETED = 0.012
CASE_CHANNELS = ("Phone", "Email", "Web")
CASE_KINDS = ("Question", "Problem", "Complaint")
SURVEY_KINDS = ("satisfaction", "nps", "resolution")
SATISFACTION, NPS, RESOLUTION = range(3)
NPS_IN_SAMPLE = 170
REASONS = ("Slow answer", "Wrong answer", "Too many contacts", "Price", "Product")
QUOTED = 0.55  # of deals
REVISIONS = 3
REVISED_PRICE = (100, 97, 93)


@dataclass(frozen=True)
class Requests:
    """One value for each request: cases of customers first, then web forms of leads.

    account: row or -1 for forms; lead: row or -1 for cases; owner: rep or -1 for a queue; logged_at: the first
    response that the log itself holds, `NEVER` for none; reopens: -1 where the log does not say.
    """

    account: IntArray
    lead: IntArray
    owner: IntArray
    channel: IntArray
    kind: IntArray
    requested_at: IntArray
    logged_at: IntArray
    resolved_at: IntArray
    reopens: IntArray
    is_deleted: NDArray[np.bool_]
    case_versions: Versions

    def __len__(self) -> int:
        return len(self.requested_at)

    @property
    def cases(self) -> int:
        """Number of cases."""
        return int((self.lead < 0).sum())


@dataclass(frozen=True)
class Replies:
    """Tasks of cases, by time: answers, automatic replies, and calls of the customer."""

    request: IntArray
    owner: IntArray
    at: IntArray
    is_automatic: NDArray[np.bool_]
    is_inbound: NDArray[np.bool_]
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.at)


@dataclass(frozen=True)
class Quotes:
    """Revisions of quotes, by quote; flag: whether it is marked final, -1 where nobody marks any.

    is_asked: whether the export says when the revision was asked for; the first always does.
    """

    quote: IntArray
    revision: IntArray
    deal: IntArray
    requested_at: IntArray
    is_asked: NDArray[np.bool_]
    sent_at: IntArray
    flag: IntArray
    amount: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.quote)


@dataclass(frozen=True)
class Surveys:
    """Surveys sent; request, rep, score, scale, says_resolved, reason: -1 for none.

    is_time_noted: whether the export says when the answer came; else it counts as given when sent.
    """

    kind: IntArray
    account: IntArray
    request: IntArray
    rep: IntArray
    sent_at: IntArray
    answered_at: IntArray
    is_time_noted: NDArray[np.bool_]
    score: IntArray
    scale: IntArray
    says_resolved: IntArray
    reason: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.kind)


@dataclass(frozen=True)
class Service:
    """What customers ask for, and how they are served."""

    requests: Requests
    replies: Replies
    quotes: Quotes
    surveys: Surveys


def draw_service(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    leads: Leads,
    accounts: Accounts,
    deals: Deals,
    reps: int,
) -> Service:
    """Cases and their replies, then forms, quotes and surveys."""
    won = np.flatnonzero(deals.is_won & ~deals.is_deleted)
    since = np.full(len(accounts), np.iinfo(np.int64).max)
    np.minimum.at(since, deals.account[won], local_day(deals.closed_at[won]))
    customer = np.unique(deals.account[won])
    customer_since = np.minimum(since[customer], timeline.end_day - 1)
    requests, replies = _draw_requests(
        rng, settings, timeline, leads, accounts, customer, customer_since, reps
    )
    quotes = _draw_quotes(rng, timeline, deals)
    surveys = _draw_surveys(rng, settings, timeline, requests, accounts, customer, customer_since)
    return Service(requests, replies, quotes, surveys)


def _draw_requests(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    leads: Leads,
    accounts: Accounts,
    customer: IntArray,
    customer_since: IntArray,
    reps: int,
) -> tuple[Requests, Replies]:
    count = settings.count(CASES_IN_SAMPLE) if len(customer) else 0
    who = rng.integers(0, max(1, len(customer)), count)
    account = customer[who]
    day = customer_since[who] + (rng.random(count) * (timeline.end_day - customer_since[who])).astype(
        np.int64
    )
    requested = np.sort(local_midnight(day) + draw_time_of_day(rng, CUSTOMER_HOURS, count))
    owner = np.where(rng.random(count) < QUEUE, -1, accounts.owner[account])

    wait = np.rint(rng.lognormal(4.3, 1.7, count) * 60).astype(np.int64) * 1000 + 30_000
    wait[rng.random(count) < 0.03] += 35 * DAY_MS
    wait = _at_work(rng, requested + wait) - requested
    for place, exact in enumerate(EXACTLY):
        wait[place::60] = exact
    answer = np.where(rng.random(count) < ANSWERED, requested + wait, NEVER)
    answer = np.where(answer < timeline.end_at, answer, NEVER)
    is_answered = answer != NEVER
    style = rng.choice(3, count, p=[0.2, 0.65, 0.15])
    logged = np.where(
        style == IN_LOG, answer, np.where(style == IN_BOTH, answer + rng.integers(-120, 121, count) * 1000, 0)
    )
    logged = np.where(is_answered & (style != IN_TASKS) & (logged < timeline.end_at), logged, NEVER)
    logged[rng.random(count) < 0.01] = NEVER
    before = rng.random(count) < 0.012  # somebody wrote down the answer to an older question
    logged = np.where(before, requested - HOUR_MS, logged)

    replier = accounts.owner[account]
    replier = np.where(rng.random(count) < 0.1, (replier + 1) % reps, replier)
    by_task = np.flatnonzero(is_answered & (style != IN_LOG))
    more = rng.poisson(0.6, len(by_task))
    again = np.repeat(by_task, more)
    again_at = (
        answer[again] + np.rint(rng.exponential(18.0, len(again)) * 3600).astype(np.int64) * 1000 + 1000
    )
    last = answer.copy()
    np.maximum.at(last, again, np.where(again_at < timeline.end_at, again_at, NEVER))
    # a case is often closed with the last answer
    pause = np.where(rng.random(count) < 0.3, 0, rng.integers(1, 7200, count) * 1000)
    resolves = rng.random(count) < np.where(is_answered, RESOLVED, 0.06)
    resolved = np.where(resolves, np.where(is_answered, last + pause, requested + 3 * DAY_MS), NEVER)
    resolved = np.where(resolved < timeline.end_at, resolved, NEVER)
    reopens = np.where((resolved != NEVER) & (rng.random(count) < 0.08), rng.integers(1, 3, count), 0)
    reopens[rng.random(count) < 0.1] = -1

    automatic = np.flatnonzero(rng.random(count) < 0.45)
    called = np.flatnonzero(rng.random(count) < 0.12)
    earlier = np.flatnonzero(rng.random(count) < 0.02)
    courtesy = np.flatnonzero((resolved != NEVER) & (rng.random(count) < 0.06))
    parts = (
        (by_task, answer[by_task], 0),
        (again, again_at, 0),
        (automatic, requested[automatic] + rng.integers(5, 60, len(automatic)) * 1000, 1),
        (called, requested[called] + rng.integers(60, 10_800, len(called)) * 1000, 2),
        (earlier, requested[earlier] - 2 * HOUR_MS, 0),
        (courtesy, resolved[courtesy] + DAY_MS, 0),
    )
    request, at = (np.concatenate([part[field] for part in parts]) for field in (0, 1))
    what = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    order = np.lexsort((what, request, at))
    order = order[at[order] < timeline.end_at]
    request, at, what = request[order], at[order], what[order]
    replies = Replies(request, replier[request], at, what == 1, what == 2, rng.random(len(request)) < DELETED)

    noted = np.isin(leads.source, channels.FORM_SOURCES) & ~leads.is_deleted
    lead = np.flatnonzero(noted & (rng.random(len(leads)) < FORMS_NOTED))
    twice = lead[rng.random(len(lead)) < 0.03]
    form_at = np.concatenate((leads.created_at[lead], leads.created_at[twice] + 2 * DAY_MS))
    lead = np.concatenate((lead, twice))
    order = np.argsort(form_at, kind="stable")
    order = order[form_at[order] < timeline.end_at]
    lead, form_at = lead[order], form_at[order]
    forms = len(lead)
    none, never = np.full(forms, -1), np.full(forms, NEVER)
    form_owner = np.where(rng.random(forms) < 0.02, -1, leads.owner[lead])
    is_deleted = rng.random(count + forms) < DELETED
    versions = draw_versions(rng, (np.maximum(resolved, logged) > requested) & ~is_deleted[:count], 0.006)
    return (
        Requests(
            account=np.concatenate((account, none)),
            lead=np.concatenate((np.full(count, -1), lead)),
            owner=np.concatenate((owner, form_owner)),
            channel=np.concatenate((rng.integers(0, 3, count), none)),
            kind=np.concatenate((rng.integers(0, 3, count), none)),
            requested_at=np.concatenate((requested, form_at)),
            logged_at=np.concatenate((logged, never)),
            resolved_at=np.concatenate((resolved, never)),
            reopens=np.concatenate((reopens, none)),
            is_deleted=is_deleted,
            case_versions=versions,
        ),
        replies,
    )


def _draw_quotes(rng: np.random.Generator, timeline: Timeline, deals: Deals) -> Quotes:
    """Up to three revisions; each is asked for after the one before it was sent."""
    deal = np.flatnonzero(~deals.is_deleted & (rng.random(len(deals)) < QUOTED))
    count = len(deal)
    wanted = 1 + np.minimum(rng.poisson(0.5, count), REVISIONS - 1)
    is_flagged = rng.random(count) < 0.75
    is_deleted = rng.random(count) < DELETED
    asked = deals.created_at[deal] // 1000 * 1000 + _seconds(rng.exponential(4 * 86_400, count))
    asked = _at_work(rng, asked)
    parts = []
    alive = asked < timeline.end_at
    for revision in range(REVISIONS):
        alive = alive & (wanted > revision)
        sent = _at_work(rng, asked + _seconds(rng.lognormal(5.5, 1.2, count) * 60))
        sent = np.where((rng.random(count) < 0.06) | (sent >= timeline.end_at), NEVER, sent)
        after = np.where(sent == NEVER, timeline.end_at, sent + _seconds(rng.exponential(6 * 86_400, count)))
        is_asked = (rng.random(count) < 0.7) | (revision == 0)
        rows = np.flatnonzero(alive)
        is_last = (sent == NEVER) | (after >= timeline.end_at) | (wanted == revision + 1)
        flag = np.where(is_flagged, (is_last & (sent != NEVER)).astype(np.int64), -1)
        parts.append(
            (rows, np.full(len(rows), revision + 1), asked[rows], is_asked[rows], sent[rows], flag[rows])
        )
        alive = alive & (sent != NEVER) & (after < timeline.end_at)
        asked = after
    quote, number, requested, asked_for, sent, flag = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.lexsort((number, quote))
    quote, number, sent, flag = quote[order], number[order], sent[order], flag[order]
    return Quotes(
        quote=quote,
        revision=number,
        deal=deal[quote],
        requested_at=requested[order],
        is_asked=asked_for[order],
        sent_at=sent,
        flag=flag,
        amount=deals.amount[deal[quote]] * np.array(REVISED_PRICE)[number - 1] // 100,
        is_deleted=is_deleted[quote],
    )


def _draw_surveys(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    requests: Requests,
    accounts: Accounts,
    customer: IntArray,
    customer_since: IntArray,
) -> Surveys:
    solved = np.flatnonzero((requests.resolved_at != NEVER) & ~requests.is_deleted)
    about = [solved[rng.random(len(solved)) < share] for share in (0.6, 0.35)]
    asked = settings.count(NPS_IN_SAMPLE) if len(customer) else 0
    who = rng.integers(0, max(1, len(customer)), asked)
    day = customer_since[who] + (rng.random(asked) * (timeline.end_day - customer_since[who])).astype(
        np.int64
    )
    request = np.concatenate((about[0], about[1], np.full(asked, -1)))
    kind = np.repeat([SATISFACTION, RESOLUTION, NPS], [len(about[0]), len(about[1]), asked])
    account = np.concatenate((requests.account[about[0]], requests.account[about[1]], customer[who]))
    sent = np.concatenate(
        (
            requests.resolved_at[about[0]] + HOUR_MS,
            requests.resolved_at[about[1]] + 2 * HOUR_MS,
            local_midnight(day) + 10 * HOUR_MS,
        )
    )
    kept = np.flatnonzero(sent < timeline.end_at)
    kept = kept[np.argsort(sent[kept], kind="stable")]
    request, kind, account, sent = request[kept], kind[kept], account[kept], sent[kept]
    count = len(kind)
    answered = sent + _seconds(rng.exponential(30 * 3600, count)) + 1000
    answered = np.where((rng.random(count) < 0.45) & (answered < timeline.end_at), answered, NEVER)
    is_answered = answered != NEVER

    happy = rng.choice(5, count, p=[0.1, 0.12, 0.18, 0.3, 0.3]) + 1
    scale = np.where(kind == SATISFACTION, rng.choice([-1, 5, 10], count, p=[0.6, 0.3, 0.1]), -1)
    score = np.where(scale == 10, happy * 2, happy)
    odd = rng.random(count)
    score = np.where((odd < 0.01) & (scale < 10), 7, score)  # seven of five
    score = np.where(
        kind == NPS,
        rng.choice(11, count, p=[0.02, 0.02, 0.03, 0.04, 0.05, 0.07, 0.08, 0.14, 0.17, 0.2, 0.18]),
        score,
    )
    score = np.where(is_answered & (kind != RESOLUTION) & (odd < 0.98), score, -1)
    says_resolved = np.where(
        is_answered & (kind == RESOLUTION), (rng.random(count) < 0.8).astype(np.int64), -1
    )
    is_low = (kind == SATISFACTION) & (score >= 0) & (happy <= 3)
    reason = np.where(is_low & (rng.random(count) < 0.8), rng.integers(0, len(REASONS), count), -1)
    is_time_noted = ~((rng.random(count) < 0.03) & ((score >= 0) | (says_resolved >= 0)))
    answered = np.where(is_answered & ~is_time_noted, sent, answered)
    named = rng.random(count) < np.where(kind == NPS, 0.85, 0.3)
    return Surveys(
        kind=kind,
        account=account,
        request=request,
        rep=np.where(named, accounts.owner[account], -1),
        sent_at=sent,
        answered_at=answered,
        is_time_noted=is_time_noted,
        score=score,
        scale=scale,
        says_resolved=says_resolved,
        reason=reason,
        is_deleted=rng.random(count) < DELETED,
    )


def _at_work(rng: np.random.Generator, at: IntArray) -> IntArray:
    """Most of what would happen in the evening or on a weekend happens on the next workday's morning."""
    day = local_day(at)
    time = at - local_midnight(day)
    morning = 9 * HOUR_MS + rng.integers(0, 9_000, len(at)) * 1000
    workday = day + (time > 18 * HOUR_MS)
    weekday = (workday + 3) % 7  # 1970-01-01 was a Thursday
    workday = workday + np.where(weekday >= 5, 7 - weekday, 0)
    is_off = (workday > day) | (time < 9 * HOUR_MS)
    return np.where(is_off & (rng.random(len(at)) < 0.85), local_midnight(workday) + morning, at)


def _seconds(value: NDArray[np.float64]) -> IntArray:
    """Whole seconds, in milliseconds."""
    return np.rint(value).astype(np.int64) * 1000
