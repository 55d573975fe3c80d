"""Truth about service: response times, what they go with, first-contact resolution, surveys and quotes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.business_calendar import open_milliseconds
from simulator.company import CompanyParts
from simulator.counting import Cells, quotient
from simulator.service import NPS, REASONS, RESOLUTION, SATISFACTION
from simulator.timeline import DAY_MS, HOUR_MS, NEVER, IntArray, local_day
from simulator.truth_funnel import mature_months
from simulator.truth_sales import NOTHING, rep_ids

FAR = np.iinfo(np.int64).max
MINUTE_MS = 60_000
BANDS = ("within 1 h", "1-24 h", "over 24 h", "never")
SATISFIED, LOW = 8, 4  # tenths of the best score
TOP_REASONS = 3


@dataclass(frozen=True)
class Responses:
    """One value for each request: UTC of the first human response or `NEVER`; contacts: -1 if unknown."""

    at: IntArray
    contacts: IntArray


def find_responses(company: CompanyParts) -> Responses:
    """Answers by people since the request: to the case, or, for forms, to the lead."""
    requests, replies, tasks = company.service.requests, company.service.replies, company.tasks
    first = np.full(len(requests), FAR)
    answers = np.zeros(len(requests), dtype=np.int64)
    contacts = np.zeros(len(requests), dtype=np.int64)

    def count(request: IntArray, at: IntArray) -> None:
        since = at >= requests.requested_at[request]
        request, at = request[since], at[since]
        np.minimum.at(first, request, at)
        np.add.at(answers, request, 1)
        resolved_at = requests.resolved_at[request]
        np.add.at(contacts, request[(resolved_at == NEVER) | (at <= resolved_at)], 1)

    human = np.flatnonzero(~replies.is_automatic & ~replies.is_inbound & ~replies.is_deleted)
    count(replies.request[human], replies.at[human])
    is_answer = ~tasks.is_automatic & ~tasks.is_planned & ~tasks.is_inbound & ~tasks.is_deleted
    task = np.flatnonzero(is_answer & (tasks.lead >= 0))
    task = task[np.argsort(tasks.lead[task], kind="stable")]
    form = np.flatnonzero(requests.lead >= 0)
    start = np.searchsorted(tasks.lead[task], requests.lead[form], side="left")
    number = np.searchsorted(tasks.lead[task], requests.lead[form], side="right") - start
    place = np.repeat(start, number) + np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
    count(np.repeat(form, number), tasks.at[task[place]])

    is_logged = requests.logged_at >= requests.requested_at
    contacts[is_logged & (answers == 0)] = -1
    first = np.where(is_logged, np.minimum(first, requests.logged_at), first)
    return Responses(np.where(first == FAR, NEVER, first), contacts)


def _rep_cells(company: CompanyParts) -> Cells:
    """Cells by rep, with those of nobody."""
    return Cells.of(company.timeline, [*rep_ids(company), "unknown"])


def _row(company: CompanyParts, rep: IntArray) -> IntArray:
    return np.where(rep >= 0, rep, company.staff.reps)


def _minutes(milliseconds: NDArray[np.int64]) -> dict[str, Any]:
    """count, mean, median and p90 in minutes."""
    if not len(milliseconds):
        return {"count": 0, "mean": None, "median": None, "p90": None}
    median, p90 = np.percentile(milliseconds, [50, 90]) / MINUTE_MS
    return {
        "count": len(milliseconds),
        "mean": quotient(milliseconds.sum(), len(milliseconds) * MINUTE_MS),
        "median": f"{median:.6f}",
        "p90": f"{p90:.6f}",
    }


def count_response_times(company: CompanyParts) -> dict[str, Any]:
    """scope ('all', user id or 'unknown') -> month of the request -> how many were answered, and how fast."""
    requests, timeline = company.service.requests, company.timeline
    at = find_responses(company).at
    cells = _rep_cells(company)
    row = _row(company, requests.owner)
    month = timeline.month_index(local_day(requests.requested_at))
    live = np.flatnonzero(~requests.is_deleted)
    answered = live[at[live] != NEVER]
    wait, business = np.zeros(len(requests), np.int64), np.zeros(len(requests), np.int64)
    wait[answered] = at[answered] - requests.requested_at[answered]
    business[answered] = open_milliseconds(timeline, requests.requested_at[answered], at[answered])
    mature = live[mature_months(timeline, "response_time")[month[live]]]
    mature_answered = mature[at[mature] != NEVER]
    asker = np.where(requests.lead >= 0, len(company.accounts) + requests.lead, requests.account)

    def total(rows: IntArray) -> NDArray[np.int64]:
        return cells.total(row[rows], month[rows])

    def within(values: IntArray, limit: int) -> NDArray[np.int64]:
        return total(mature_answered[values[mature_answered] <= limit])

    grids = {
        "requests_count": total(live),
        "answered_count": total(answered),
        "before_request_count": total(
            live[
                (requests.logged_at[live] != NEVER) & (requests.logged_at[live] < requests.requested_at[live])
            ]
        ),
        "mature_count": total(mature),
        "mature_unanswered_count": total(mature[at[mature] == NEVER]),
        "within_1h_count": within(wait, HOUR_MS),
        "within_24h_count": within(wait, DAY_MS),
        "within_1h_business_count": within(business, HOUR_MS),
        "within_24h_business_count": within(business, DAY_MS),
    }
    waits = cells.groups(row[answered], month[answered], wait[answered])
    business_waits = cells.groups(row[answered], month[answered], business[answered])
    askers = cells.groups(row[answered], month[answered], asker[answered])
    result: dict[str, Any] = {}
    for scope, period, line, column in cells.names():
        cell = line, column
        customers = len(np.unique(askers.get(cell, NOTHING)))
        counts = {name: int(grid[cell]) for name, grid in grids.items()}
        result.setdefault(scope, {})[period] = {
            **counts,
            "within_1h_rate": quotient(counts["within_1h_count"], counts["mature_count"]),
            "within_24h_business_rate": quotient(counts["within_24h_business_count"], counts["mature_count"]),
            "customers_count": customers,
            "per_customer": quotient(waits.get(cell, NOTHING).sum(), customers * MINUTE_MS),
            "minutes": _minutes(waits.get(cell, NOTHING)),
            "business_minutes": _minutes(business_waits.get(cell, NOTHING)),
        }
    return result


def count_response_lift(company: CompanyParts) -> dict[str, Any]:
    """band -> mature forms of leads, and how many of them became deals and were won."""
    requests, leads, deals = company.service.requests, company.leads, company.deals
    at = find_responses(company).at
    month = company.timeline.month_index(local_day(requests.requested_at))
    mature = mature_months(company.timeline, "response_time")[month]
    form = np.flatnonzero((requests.lead >= 0) & ~requests.is_deleted & mature)
    wait = at[form] - requests.requested_at[form]
    band = np.where(at[form] == NEVER, 3, np.where(wait <= HOUR_MS, 0, np.where(wait <= DAY_MS, 1, 2)))
    deal = leads.deal[leads.survivor[requests.lead[form]]]
    became = (deal >= 0) & ~deals.is_deleted[deal]
    won = became & deals.is_won[deal]
    return {
        name: {
            "requests_count": int((band == number).sum()),
            "qualified_count": int(became[band == number].sum()),
            "won_count": int(won[band == number].sum()),
            "won_rate": quotient(won[band == number].sum(), (band == number).sum()),
        }
        for number, name in enumerate(BANDS)
    }


def count_service_quality(company: CompanyParts) -> dict[str, Any]:
    """scope -> period -> first-contact resolution, answers to surveys and turnaround of quotes."""
    cells = _rep_cells(company)
    grids = {**_resolution_grids(company, cells), **_survey_grids(company, cells)}
    reasons = _low_score_reasons(company, cells)
    quotes, turnarounds = _quote_grids(company, cells)
    result: dict[str, Any] = {}
    for scope, period, line, column in cells.names():
        cell = line, column
        counts = {name: int(grid[cell]) for name, grid in {**grids, **quotes}.items()}
        promoters, detractors = counts["promoters_count"], counts["detractors_count"]
        tally = Counter(REASONS[number] for number in reasons.get(cell, NOTHING) if number >= 0)
        top = sorted(tally.items(), key=lambda entry: (-entry[1], entry[0]))[:TOP_REASONS]
        result.setdefault(scope, {})[period] = {
            **counts,
            "first_contact_rate": quotient(counts["first_contact_count"], counts["contacts_known_count"]),
            "satisfaction_mean": quotient(counts["score_tenths"], counts["scores_count"] * 10),
            "satisfied_rate": quotient(counts["satisfied_count"], counts["scores_count"]),
            "survey_response_rate": quotient(counts["answered_surveys_count"], counts["sent_count"]),
            "nps_ratio": quotient(promoters - detractors, counts["nps_count"]),
            "reasons": "; ".join(f"{name} ({number})" for name, number in top) or None,
            **{name: _minutes(groups.get(cell, NOTHING)) for name, groups in turnarounds.items()},
        }
    return result


def _resolution_grids(company: CompanyParts, cells: Cells) -> dict[str, NDArray[np.int64]]:
    requests = company.service.requests
    contacts = find_responses(company).contacts
    row, month = _row(company, requests.owner), company.timeline.month_index(local_day(requests.requested_at))
    mature = mature_months(company.timeline, "response_time")[month]
    known = np.flatnonzero(~requests.is_deleted & mature & (contacts >= 0))
    good = known[
        (contacts[known] == 1) & (requests.resolved_at[known] != NEVER) & (requests.reopens[known] <= 0)
    ]
    return {
        "contacts_known_count": cells.total(row[known], month[known]),
        "first_contact_count": cells.total(row[good], month[good]),
    }


def _answer_places(company: CompanyParts) -> tuple[IntArray, IntArray]:
    """Row of each survey's rep (else of the owner of its request), and tenths of the best score (-1: none)."""
    surveys, requests = company.service.surveys, company.service.requests
    owner = np.where(surveys.request >= 0, requests.owner[surveys.request], -1)
    row = _row(company, np.where(surveys.rep >= 0, surveys.rep, owner))
    best = np.where(surveys.scale > 0, surveys.scale, 5)
    is_score = (surveys.score >= 0) & (surveys.score <= best) & (surveys.kind == SATISFACTION)
    return row, np.where(is_score, surveys.score * 10 // best, -1)


def _survey_grids(company: CompanyParts, cells: Cells) -> dict[str, NDArray[np.int64]]:
    surveys, timeline = company.service.surveys, company.timeline
    row, tenths = _answer_places(company)
    live = ~surveys.is_deleted
    answered = live & (surveys.answered_at != NEVER)
    month = np.zeros(len(surveys), dtype=np.int64)
    month[answered] = timeline.month_index(local_day(surveys.answered_at[answered]))

    def total(chosen: NDArray[np.bool_], value: IntArray | None = None) -> NDArray[np.int64]:
        rows = np.flatnonzero(chosen & answered)
        return cells.total(row[rows], month[rows], None if value is None else value[rows])

    def sent(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = np.flatnonzero(chosen)
        return cells.total(row[rows], timeline.month_index(local_day(surveys.sent_at[rows])))

    is_nps = (surveys.kind == NPS) & (surveys.score >= 0)
    is_solved = surveys.kind == RESOLUTION
    return {
        "scores_count": total(tenths >= 0),
        # on a scale up to five, in tenths of a point
        "score_tenths": total(tenths >= 0, tenths * 5),
        "satisfied_count": total(tenths >= SATISFIED),
        "low_count": total((tenths >= 0) & (tenths <= LOW)),
        "resolution_count": total(is_solved & (surveys.says_resolved >= 0)),
        "confirmed_count": total(is_solved & (surveys.says_resolved == 1)),
        "nps_count": total(is_nps),
        "promoters_count": total(is_nps & (surveys.score >= 9)),
        "detractors_count": total(is_nps & (surveys.score <= 6)),
        "sent_count": sent(live),
        "answered_surveys_count": sent(answered),
        "satisfaction_sent_count": sent(live & (surveys.kind == SATISFACTION)),
    }


def _low_score_reasons(company: CompanyParts, cells: Cells) -> dict[tuple[int, int], NDArray[np.int64]]:
    surveys = company.service.surveys
    row, tenths = _answer_places(company)
    answered = ~surveys.is_deleted & (surveys.answered_at != NEVER)
    low = np.flatnonzero(answered & (tenths >= 0) & (tenths <= LOW))
    month = company.timeline.month_index(local_day(surveys.answered_at[low]))
    return cells.groups(row[low], month, surveys.reason[low])


def _quote_grids(
    company: CompanyParts, cells: Cells
) -> tuple[dict[str, NDArray[np.int64]], dict[str, dict[tuple[int, int], NDArray[np.int64]]]]:
    """Counts, and the milliseconds from asking for a quote to sending its first and its final revision."""
    quotes, timeline = company.service.quotes, company.timeline
    live = ~quotes.is_deleted
    asked = np.zeros(int(quotes.quote.max(initial=-1)) + 1, dtype=np.int64)
    first = np.flatnonzero(quotes.revision == 1)
    asked[quotes.quote[first]] = quotes.requested_at[first]
    last = np.zeros(len(asked), dtype=np.int64)
    np.maximum.at(last, quotes.quote, quotes.revision)
    is_last = quotes.revision == last[quotes.quote]
    is_final = (quotes.flag == 1) | ((quotes.flag < 0) & is_last)
    row = company.deals.owner[quotes.deal]
    month = timeline.month_index(local_day(asked[quotes.quote]))
    is_first, is_sent = quotes.revision == 1, quotes.sent_at != NEVER

    def total(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = np.flatnonzero(chosen & live)
        return cells.total(row[rows], month[rows])

    turnarounds = {}
    for name, chosen in (("first_quote", is_first), ("final_quote", is_final)):
        rows = np.flatnonzero(chosen & is_sent & live)
        start, end = asked[quotes.quote[rows]], quotes.sent_at[rows]
        turnarounds[f"{name}_minutes"] = cells.groups(row[rows], month[rows], end - start)
        turnarounds[f"{name}_business_minutes"] = cells.groups(
            row[rows], month[rows], open_milliseconds(timeline, start, end)
        )
    counts = {
        "quotes_count": total(is_first),
        "open_quotes_count": total(is_first & ~is_sent),
    }
    return counts, turnarounds
