"""Truth about opportunities, stages and channel partners."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.columns import RecordId
from simulator.company import CompanyParts
from simulator.counting import Cells, base_quotient, describe, quotient
from simulator.deal_paths import LOST, WON
from simulator.exports_people import USER, partner_account
from simulator.money import base_text
from simulator.rendering import render
from simulator.timeline import NEVER, IntArray, local_day

NOTHING = np.zeros(0, dtype=np.int64)


def rep_ids(company: CompanyParts) -> list[str]:
    """User ids of the reps."""
    staff = company.staff
    return [str(text) for text in render(RecordId(USER, staff.first_rep + np.arange(staff.reps)))]


def deal_base(company: CompanyParts, amount: IntArray, deal: IntArray) -> IntArray:
    """Ten-thousandths of a euro at the rate of the local day on which the deal was created."""
    deals = company.deals
    return company.rates.to_base(amount, deals.currency[deal], local_day(deals.created_at[deal]))


def first_followup(company: CompanyParts) -> IntArray:
    """(deals,) UTC of the first human activity on the deal since its creation, or `NEVER`."""
    tasks, deals = company.tasks, company.deals
    human = (tasks.deal >= 0) & ~tasks.is_automatic & ~tasks.is_planned & ~tasks.is_deleted
    rows = np.flatnonzero(human & (tasks.at >= deals.created_at[tasks.deal]))
    far = np.iinfo(np.int64).max
    first = np.full(len(deals), far)
    np.minimum.at(first, tasks.deal[rows], tasks.at[rows])
    return np.where(first == far, NEVER, first)


def count_opportunities(company: CompanyParts) -> dict[str, Any]:
    """scope ('all' or user id) -> period ('all' or first day of month) -> counts.

    created_*: by month of creation; won_*, lost_*, closed_*, cycles: by month of the last closing;
    open_*: open at the end of the month, and for 'all' now.
    """
    deals, timeline = company.deals, company.timeline
    live = np.flatnonzero(~deals.is_deleted)
    created_month = timeline.month_index(local_day(deals.created_at))
    cells = Cells.of(timeline, rep_ids(company))
    won, closed = live[deals.is_won[live]], live[deals.is_closed[live]]
    month = np.zeros(len(deals), dtype=np.int64)
    month[closed] = timeline.month_index(local_day(deals.closed_at[closed]))
    base = deal_base(company, deals.amount, np.arange(len(deals)))

    def total(rows: IntArray, months: IntArray, value: IntArray | None = None) -> NDArray[np.int64]:
        return cells.total(deals.owner[rows], months[rows], None if value is None else value[rows])

    created, created_won = total(live, created_month), total(won, created_month)
    won_count, closed_count = total(won, month), total(closed, month)
    won_base, closed_base = total(won, month, base), total(closed, month, base)
    open_count, open_base = _open_at_month_ends(company, cells)
    closed_day, created_day = local_day(deals.closed_at), local_day(deals.created_at)
    followup = first_followup(company)
    followed = won[followup[won] != NEVER]
    from_created = cells.groups(deals.owner[won], month[won], (closed_day - created_day)[won])
    from_followup = cells.groups(
        deals.owner[followed], month[followed], closed_day[followed] - local_day(followup[followed])
    )
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        result.setdefault(scope, {})[period] = {
            "created_count": int(created[at]),
            "created_won_count": int(created_won[at]),
            "won_count": int(won_count[at]),
            "lost_count": int(closed_count[at] - won_count[at]),
            "closed_count": int(closed_count[at]),
            "open_count": int(open_count[at]),
            "open_amount_eur": base_text(open_base[at]),
            "won_amount_eur": base_text(won_base[at]),
            "closed_amount_eur": base_text(closed_base[at]),
            "win_rate_created": quotient(created_won[at], created[at]),
            "win_rate_closed": quotient(won_count[at], closed_count[at]),
            "average_deal_size_eur": base_quotient(won_base[at], won_count[at]),
            "cycle_from_created_days": describe(from_created.get(at, NOTHING)),
            "cycle_from_followup_days": describe(from_followup.get(at, NOTHING)),
        }
    return result


def _open_at_month_ends(company: CompanyParts, cells: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number and amount of deals open at each month's end, and now in the last column."""
    deals, history = company.deals, company.history
    first_row = np.flatnonzero(history.is_first)
    count, amount = np.zeros(cells.shape, dtype=np.int64), np.zeros(cells.shape, dtype=np.int64)
    for column, cut in enumerate(company.timeline.month_ends()):
        rows_before = np.add.reduceat((history.at < cut).astype(np.int64), first_row)
        state = first_row + np.maximum(rows_before, 1) - 1
        is_open = (rows_before > 0) & (history.stage[state] < WON) & ~deals.is_deleted
        deal = np.flatnonzero(is_open)
        base = deal_base(company, history.amount[state[deal]], deal)
        np.add.at(count[:, column], deals.owner[deal], 1)
        np.add.at(amount[:, column], deals.owner[deal], base)
    count[-1], amount[-1] = count[:-1].sum(axis=0), amount[:-1].sum(axis=0)
    count[:, -1], amount[:, -1] = count[:, -2], amount[:, -2]
    return count, amount


def count_stage_conversion(company: CompanyParts) -> dict[str, Any]:
    """scope -> period of creation -> pair such as '1-2' -> the counts behind the three variants."""
    deals, history = company.deals, company.history
    visited = np.zeros((len(deals), WON + 1), dtype=bool)
    on_ladder = history.stage != LOST
    visited[history.deal[on_ladder], history.stage[on_ladder]] = True
    furthest = WON - np.argmax(visited[:, ::-1], axis=1)
    cells = Cells.of(company.timeline, rep_ids(company))
    month = company.timeline.month_index(local_day(deals.created_at))
    live = ~deals.is_deleted

    def total(chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
        rows = np.flatnonzero(chosen & live)
        return cells.total(deals.owner[rows], month[rows])

    ever = [total(visited[:, stage]) for stage in range(WON + 1)]
    reached = [total(furthest >= stage) for stage in range(WON + 1)]
    both = [total(visited[:, stage] & visited[:, stage + 1]) for stage in range(WON)]
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        result.setdefault(scope, {})[period] = {
            f"{stage + 1}-{stage + 2}": {
                "ever_earlier": int(ever[stage][at]),
                "ever_later": int(ever[stage + 1][at]),
                "both": int(both[stage][at]),
                "reached_earlier": int(reached[stage][at]),
                "reached_later": int(reached[stage + 1][at]),
            }
            for stage in range(WON)
        }
    return result


def count_partners(company: CompanyParts) -> dict[str, Any]:
    """partner's account id -> 'sourced' and 'influenced' -> counts over all time."""
    deals, partners = company.deals, company.partners
    ids = render(partner_account(company, np.arange(len(partners))))
    live = np.flatnonzero(~deals.is_deleted)
    sourced = live[deals.partner[live] >= 0]
    influenced, which = np.nonzero((deals.influencer >= 0) & ~deals.is_deleted[:, None])
    sides = {
        "sourced": (sourced, deals.partner[sourced]),
        "influenced": (influenced, deals.influencer[influenced, which]),
    }
    result: dict[str, Any] = {str(name): {} for name in ids}
    for side, (deal, partner) in sides.items():
        for number, name in enumerate(ids):
            own = deal[partner == number]
            won, lost = own[deals.is_won[own]], own[deals.is_lost[own]]
            open_deals = own[~deals.is_closed[own]]
            won_base = deal_base(company, deals.amount[won], won).sum()
            open_base = deal_base(company, deals.amount[open_deals], open_deals).sum()
            result[str(name)][side] = {
                "opportunities_count": len(own),
                "won_count": len(won),
                "won_amount_eur": base_text(won_base),
                "average_deal_size_eur": base_quotient(won_base, len(won)),
                "lost_count": len(lost),
                "lost_to_competitor_count": int((deals.competitor[lost] >= 0).sum()),
                "open_count": len(open_deals),
                "open_amount_eur": base_text(open_base),
                "win_rate_closed": quotient(len(won), len(won) + len(lost)),
                "yield_eur": base_quotient(won_base, len(own)),
            }
    return result
