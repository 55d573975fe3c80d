"""Truth about channel groups: what winning a customer costs, and what each group brings."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from simulator.channels import CHANNEL_MAP, CHANNELS, SOURCE_CHANNEL, SOURCES
from simulator.company import CompanyParts
from simulator.counting import ALL, Cells, base_quotient, quotient
from simulator.marketing import CAMPAIGN_TYPES, MIRROR_TYPES, PLATFORM_CURRENCY
from simulator.money import EUR, base_text
from simulator.orders import ACQUISITION
from simulator.timeline import DAY_MS, IntArray, local_day, local_midnight
from simulator.truth_customers import live_orders, order_base
from simulator.truth_funnel import surviving_leads
from simulator.truth_lifecycle import NEVER_DAY, count_customer_retention, first_days
from simulator.truth_marketing import LOOKBACK_DAYS, draw_up_touches

GROUPS = ["paid", "owned", "earned", "partner", "unknown"]
PARTNER, UNKNOWN = GROUPS.index("partner"), GROUPS.index("unknown")
_GROUP_NAME = {channel: group for _, _, _, _, channel, group in CHANNEL_MAP}
CHANNEL_GROUP = np.array([GROUPS.index(_GROUP_NAME[channel]) for channel in CHANNELS] + [UNKNOWN])
"""Group of each channel, and of no channel in the last place, which is also place -1."""


def source_group() -> IntArray:
    """(sources + 1,) the group that a deal's own source stands for, without the tags of a lead."""
    named = {
        lead_source: GROUPS.index(group)
        for _, source, medium, lead_source, _, group in CHANNEL_MAP
        if lead_source and not source and not medium
    }
    return np.array([named.get(source.lead_source or "", UNKNOWN) for source in SOURCES] + [UNKNOWN])


def campaign_costs(company: CompanyParts) -> tuple[IntArray, IntArray, IntArray]:
    """(group, day, ten-thousandths of a euro) of ads by day, and of the CRM's own campaigns on their first day."""
    plan, days, campaigns = company.plan, company.ad_days, company.campaigns
    currency = np.array(PLATFORM_CURRENCY)[plan.ad_platform[days.ad]]
    own = np.arange(campaigns.mirrors, len(campaigns))
    kind_group = np.array([GROUPS.index(_group_of_type(kind)) for kind in CAMPAIGN_TYPES])
    group = np.concatenate((np.full(len(days.ad), GROUPS.index("paid")), kind_group[campaigns.kind[own]]))
    day = np.concatenate((days.day, campaigns.first_day[own]))
    own_cost = company.rates.to_base(campaigns.cost[own], np.full(len(own), EUR), campaigns.first_day[own])
    return group, day, np.concatenate((company.rates.to_base(days.spend, currency, days.day), own_cost))


def _group_of_type(kind: str) -> str:
    if kind in MIRROR_TYPES:
        return "paid"
    return next(
        group for _, source, _, lead_source, _, group in CHANNEL_MAP if lead_source == kind and not source
    )


def _touches(company: CompanyParts, account: IntArray, day: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """(channel of every touch, first and one past the last of those that an order of the day looks back on)."""
    party, at, channel = draw_up_touches(company)
    begin = local_midnight(day)
    origin = company.timeline.start_at - 2 * LOOKBACK_DAYS * DAY_MS
    span = company.timeline.end_at - origin + 2 * DAY_MS
    key = party * span + (at - origin)
    low = np.searchsorted(key, account * span + begin - LOOKBACK_DAYS * DAY_MS - origin)
    return channel, low, np.searchsorted(key, account * span + begin + DAY_MS - origin)


def count_acquisition_costs(company: CompanyParts) -> dict[str, Any]:
    """channel group (or 'all') -> period -> cost, new customers, and the company's margin and churn.

    A customer belongs to the group of the first touch before the first order; a subscriber without
    orders to none. Margin and churn are per customer at the month's start; of 'all' sums over sums.
    """
    accounts, orders, costs, timeline = company.accounts, company.orders, company.costs, company.timeline
    ordered, subscribed = first_days(company)
    buyer = np.flatnonzero(ordered < NEVER_DAY)
    channel, low, high = _touches(company, buyer, ordered[buyer])
    group_of = np.full(len(accounts), UNKNOWN)
    touched = high > low
    group_of[buyer[touched]] = CHANNEL_GROUP[channel[low[touched]]]

    cells = Cells.of(timeline, GROUPS)
    since = np.minimum(ordered, subscribed)
    customer = np.flatnonzero(since < NEVER_DAY)
    new = cells.total(group_of[customer], timeline.month_index(since[customer]))
    group, day, base = campaign_costs(company)
    won_by = np.flatnonzero(~costs.is_deleted & (costs.kind == ACQUISITION))
    won_base = company.rates.to_base(costs.amount, costs.currency, costs.day)[won_by]
    cost = cells.total(
        np.concatenate((group, group_of[costs.account[won_by]])),
        timeline.month_index(np.concatenate((day, costs.day[won_by]))),
        np.concatenate((base, won_base)),
    )

    live = live_orders(company)
    company_only = Cells.of(timeline, ["company"])
    spent = company.rates.to_base(orders.cost, orders.currency, orders.day)
    margin = company_only.total(
        np.zeros(len(live), dtype=np.int64),
        timeline.month_index(orders.day[live]),
        (order_base(company) - spent)[live],
    )[0]
    retention = count_customer_retention(company)[ALL]
    start = np.array([retention[month]["customers_at_start_count"] for month in timeline.month_texts()])
    kept = np.array([retention[month]["kept_count"] for month in timeline.month_texts()])
    there = start > 0
    revenue = company_only.total(
        np.zeros(len(live), dtype=np.int64), timeline.month_index(orders.day[live]), order_base(company)[live]
    )[0]
    margin, revenue = np.where(revenue[:-1] > 0, margin[:-1], 0), revenue[:-1]
    margins = [Fraction(int(value), 10_000) for value in margin] + [
        Fraction(int(margin[there].sum()), 10_000)
    ]
    starts = [int(value) for value in start] + [int(start.sum())]
    losses = [int(value) for value in start - kept] + [int((start - kept).sum())]
    known = [bool(value) for value in revenue > 0] + [True]
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        if not cost[row, -1] and not new[row, -1]:
            continue  # a group that never had any
        each = margins[column] / starts[column] if starts[column] and known[column] else None
        paid = Fraction(int(cost[at]), 10_000 * int(new[at])) if new[at] and cost[at] else None
        churn = Fraction(losses[column], starts[column]) if starts[column] else None
        ltv = each / churn if each is not None and churn else None
        result.setdefault(scope, {})[period] = {
            "cost_eur": base_text(cost[at]),
            "new_customers_count": int(new[at]),
            "cac_eur": base_quotient(cost[at], new[at]) if cost[at] else None,
            "margin_per_customer_eur": _text(each),
            "churn_rate": _text(churn),
            "payback_months": _text(paid / each if paid is not None and each else None),
            "ltv_eur": _text(ltv),
            "ltv_to_cac": _text(ltv / paid if ltv is not None and paid else None),
        }
    return result


def _text(value: Fraction | None) -> str | None:
    return None if value is None else f"{float(value):.6f}"


def count_channel_mix(company: CompanyParts) -> dict[str, Any]:
    """channel group -> period -> leads, deals, revenue by linear attribution, and cost.

    A deal belongs to its lead's group, else to partners where one brought it, else to that of its source.
    """
    leads, deals, orders, timeline = company.leads, company.deals, company.orders, company.timeline
    cells = Cells.of(timeline, GROUPS)
    survivors = surviving_leads(company)
    lead_group = CHANNEL_GROUP[SOURCE_CHANNEL[leads.source]]
    lead_month = timeline.month_index(local_day(leads.created_at))
    deal = leads.deal[survivors]
    won = survivors[(deal >= 0) & deals.is_won[deal]]

    live = np.flatnonzero(~deals.is_deleted)
    own = source_group()[deals.source[live]]
    own = np.where(deals.partner[live] >= 0, PARTNER, own)
    lead = deals.lead[live]
    survivor = leads.survivor[lead]
    deal_group = np.where((lead >= 0) & ~leads.is_deleted[survivor], lead_group[survivor], own)

    rows = live_orders(company)
    base = order_base(company)[rows]
    month = timeline.month_index(orders.day[rows])
    channel, low, high = _touches(company, orders.account[rows], orders.day[rows])
    revenue: dict[tuple[int, int], Fraction] = {}
    for order in range(len(rows)):
        touches = channel[low[order] : high[order]]
        groups = CHANNEL_GROUP[touches] if len(touches) else np.array([UNKNOWN])
        share = Fraction(int(base[order]), 10_000 * len(groups))
        for group in groups:
            for column in (int(month[order]), timeline.months):
                key = int(group), column
                revenue[key] = revenue.get(key, Fraction(0)) + share

    cost_group, cost_day, cost_base = campaign_costs(company)
    counts = {
        "leads_count": cells.total(lead_group[survivors], lead_month[survivors]),
        "won_leads_count": cells.total(lead_group[won], lead_month[won]),
        "opportunities_count": cells.total(
            deal_group, timeline.month_index(local_day(deals.created_at[live]))
        ),
    }
    cost = cells.total(cost_group, timeline.month_index(cost_day), cost_base)
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        if scope == ALL:
            continue
        at = row, column
        earned = revenue.get(at, Fraction(0))
        result.setdefault(scope, {})[period] = {
            **{name: int(grid[at]) for name, grid in counts.items()},
            "close_rate": quotient(counts["won_leads_count"][at], counts["leads_count"][at]),
            "won_revenue_eur": _text(earned),
            "cost_eur": base_text(cost[at]),
            "roas": _text(earned * 10_000 / int(cost[at])) if cost[at] else None,
        }
    return result
