"""Truth about how deals move and end: why they are lost, how long they stay, when they are won."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.company import CompanyParts
from simulator.counting import ALL, Cells, quotient
from simulator.deal_paths import LOST, MOVE, STAGES, WON
from simulator.deals import COMPETITORS, LOSS_REASONS
from simulator.money import base_text
from simulator.timeline import DAY_MS, IntArray, local_day, starts_run
from simulator.truth_sales import NOTHING, deal_base, rep_ids

NO_REASON, NO_COMPETITOR = "not given", "none"
CURVE_DAYS = (30, 60, 90, 180)


def count_loss_reasons(company: CompanyParts) -> dict[str, Any]:
    """scope -> period of the last closing -> reason -> competitor -> stage lost in -> count, amount.

    The stage lost in is the last open one. Only combinations that occur are listed.
    """
    deals, history, timeline = company.deals, company.history, company.timeline
    is_open = history.stage < WON
    last_stage = np.full(len(deals), -1)
    last_stage[history.deal[is_open]] = history.stage[is_open]  # the last one of a deal stays
    lost = np.flatnonzero(deals.is_lost & ~deals.is_deleted)
    month = timeline.month_index(local_day(deals.closed_at[lost]))
    base = deal_base(company, deals.amount[lost], lost)
    owner = deals.owner[lost]
    cells = Cells.of(timeline, rep_ids(company))
    names = list(cells.names())
    kinds = np.stack((deals.reason[lost], deals.competitor[lost], last_stage[lost]), axis=1)
    result: dict[str, Any] = {}
    for reason, competitor, stage in np.unique(kinds, axis=0):
        ours = (kinds == (reason, competitor, stage)).all(axis=1)
        count = cells.total(owner[ours], month[ours])
        amount = cells.total(owner[ours], month[ours], base[ours])
        reason_name = LOSS_REASONS[reason] if reason >= 0 else NO_REASON
        competitor_name = COMPETITORS[competitor] if competitor >= 0 else NO_COMPETITOR
        for scope, period, row, column in names:
            if count[row, column]:
                place = result.setdefault(scope, {}).setdefault(period, {})
                place.setdefault(reason_name, {}).setdefault(competitor_name, {})[STAGES[stage]] = {
                    "lost_count": int(count[row, column]),
                    "lost_amount_eur": base_text(amount[row, column]),
                }
    return result


def count_stage_dwell(company: CompanyParts) -> dict[str, Any]:
    """scope -> period in which the stay began -> open stage -> stays, and days of those that ended.

    reentries: the deal had been in the stage before. after_skip: one stage or more of the ladder
    was passed over since the last stage on it, or, for new deals, since its foot.
    """
    deals, history, timeline = company.deals, company.history, company.timeline
    moves = np.flatnonzero(history.kind == MOVE)
    deal, stage, at = history.deal[moves], history.stage[moves], history.at[moves]
    is_first = starts_run(deal)
    has_next = np.append(~is_first[1:], False)
    dwell = np.append(at[1:] - at[:-1], 0)
    before = np.ones(len(moves), dtype=bool)
    before[np.unique(deal * len(STAGES) + stage, return_index=True)[1]] = False
    skips = stage - _last_on_ladder(stage, is_first) > 1
    stays = (stage < WON) & ~deals.is_deleted[deal]
    month = timeline.month_index(local_day(at))
    cells = Cells.of(timeline, rep_ids(company))
    names = list(cells.names())
    result: dict[str, Any] = {}
    for number, name in enumerate(STAGES[:WON]):
        here = stays & (stage == number)

        def total(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
            return cells.total(deals.owner[deal[chosen]], month[chosen])

        count, still_open = total(here), total(here & ~has_next)
        again, after_skip = total(here & before), total(here & skips)
        ended = here & has_next
        waits = cells.groups(deals.owner[deal[ended]], month[ended], dwell[ended])
        for scope, period, row, column in names:
            cell = row, column
            if count[cell]:
                result.setdefault(scope, {}).setdefault(period, {})[name] = {
                    "stays_count": int(count[cell]),
                    "open_stays_count": int(still_open[cell]),
                    "reentries_count": int(again[cell]),
                    "after_skip_count": int(after_skip[cell]),
                    "days": _describe_days(waits.get(cell, NOTHING)),
                }
    return result


def _last_on_ladder(stage: IntArray, is_first: NDArray[np.bool_]) -> IntArray:
    """The last stage other than lost before each move of the same deal; -1 at its creation."""
    rank = np.arange(len(stage))
    seen = np.maximum.accumulate(np.where(stage != LOST, rank, 0))
    earlier = np.append(0, seen[:-1])
    return np.where(is_first, -1, stage[earlier])


def _describe_days(milliseconds: IntArray) -> dict[str, int | str | None]:
    """count, mean, median and p90 in days."""
    if not len(milliseconds):
        return {"count": 0, "mean": None, "median": None, "p90": None}
    median, p90 = np.percentile(milliseconds, [50, 90]) / DAY_MS
    return {
        "count": len(milliseconds),
        "mean": quotient(milliseconds.sum(), len(milliseconds) * DAY_MS),
        "median": f"{median:.6f}",
        "p90": f"{p90:.6f}",
    }


def count_sales_cycle_curve(company: CompanyParts) -> dict[str, Any]:
    """scope -> day since creation -> Aalen-Johansen cumulative incidence of winning and of losing.

    Losing competes with winning; deals that are open are censored on the last simulated day.
    """
    deals, timeline = company.deals, company.timeline
    live = np.flatnonzero(~deals.is_deleted)
    end = np.where(deals.is_closed, local_day(deals.closed_at), timeline.end_day - 1)[live]
    day = end - local_day(deals.created_at[live])
    stage, owner = deals.stage[live], deals.owner[live]
    scopes = [(name, owner == rep) for rep, name in enumerate(rep_ids(company))]
    scopes.append((ALL, np.ones(len(live), dtype=bool)))
    return {name: count_incidence(day[chosen], stage[chosen]) for name, chosen in scopes if chosen.any()}


def count_incidence(day: IntArray, stage: IntArray) -> dict[str, dict[str, Any]]:
    """Day by day, as a textbook has it: of those still open, how many are won and lost today."""
    still_open, won, lost = 1.0, 0.0, 0.0
    result: dict[str, dict[str, Any]] = {}
    for today in range(CURVE_DAYS[-1] + 1):
        at_risk = int((day >= today).sum())
        if at_risk:
            won_today = int(((day == today) & (stage == WON)).sum())
            lost_today = int(((day == today) & (stage == LOST)).sum())
            won += still_open * won_today / at_risk
            lost += still_open * lost_today / at_risk
            still_open *= 1 - (won_today + lost_today) / at_risk
        if today in CURVE_DAYS:
            result[str(today)] = {
                "at_risk_count": at_risk,
                "won_incidence": f"{won:.9f}",
                "lost_incidence": f"{lost:.9f}",
                "open_share": f"{still_open:.9f}",
            }
    return result
