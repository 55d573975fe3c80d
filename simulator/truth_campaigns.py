"""Truth about what campaigns cost for each lead, opportunity and customer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.columns import RecordId
from simulator.company import CompanyParts
from simulator.counting import ALL, Cells, base_quotient
from simulator.exports_people import CAMPAIGN
from simulator.marketing import PLATFORM_CURRENCY, PLATFORMS
from simulator.members import deal_campaign
from simulator.money import EUR, base_text
from simulator.rendering import render
from simulator.timeline import IntArray, local_day
from simulator.truth_funnel import surviving_leads

CRM = "salesforce"


def count_campaign_costs(company: CompanyParts) -> dict[str, Any]:
    """platform (or the CRM, or 'all') -> campaign id -> period -> spend and what came of it.

    Spend falls on the day of the ad, for CRM campaigns on their first day; leads (without
    duplicates) and opportunities count when created, customers when won. leads_count and the two
    counts beside it go by the campaign that a lead's own tags name; credited_* go by the campaign
    that the CRM credits the deal to. Periods in which nothing happened are left out.
    """
    plan, days, leads, deals = company.plan, company.ad_days, company.leads, company.deals
    campaigns, timeline = company.campaigns, company.timeline
    platform = [PLATFORMS[number] for number in plan.campaign_platform]
    platform += [CRM] * (len(campaigns) - campaigns.mirrors)
    own_ids = render(RecordId(CAMPAIGN, np.arange(campaigns.mirrors, len(campaigns))))
    cells = Cells.of(timeline, [str(number) for number in plan.campaign_id] + [str(name) for name in own_ids])

    currency = np.array(PLATFORM_CURRENCY)[plan.ad_platform[days.ad]]
    own = np.arange(campaigns.mirrors, len(campaigns))
    own_base = company.rates.to_base(campaigns.cost[own], np.full(len(own), EUR), campaigns.first_day[own])
    spend = cells.total(
        np.concatenate((plan.ad_campaign[days.ad], own)),
        timeline.month_index(np.concatenate((days.day, campaigns.first_day[own]))),
        np.concatenate((company.rates.to_base(days.spend, currency, days.day), own_base)),
    )

    tagged = np.array([source.utm_source is not None for source in channels.SOURCES])[leads.source]
    survivors = surviving_leads(company)
    named = survivors[(leads.ad[survivors] >= 0) & tagged[survivors]]
    lead_row = plan.ad_campaign[leads.ad[named]]
    deal = leads.deal[named]
    deal_row, deal = lead_row[deal >= 0], deal[deal >= 0]
    credit = deal_campaign(leads, deals, plan.ad_campaign, campaigns)
    credited = np.flatnonzero((credit >= 0) & ~deals.is_deleted)
    created = timeline.month_index(local_day(deals.created_at))
    won_month = timeline.month_index(local_day(np.where(deals.is_won, deals.closed_at, timeline.start_at)))
    won, credited_won = deals.is_won[deal], credited[deals.is_won[credited]]
    counts = {
        "leads_count": cells.total(lead_row, timeline.month_index(local_day(leads.created_at[named]))),
        "opportunities_count": cells.total(deal_row, created[deal]),
        "customers_count": cells.total(deal_row[won], won_month[deal[won]]),
        "credited_opportunities_count": cells.total(credit[credited], created[credited]),
        "credited_won_count": cells.total(credit[credited_won], won_month[credited_won]),
        "credited_customers_count": _customers(
            cells, credit[credited_won], won_month[credited_won], deals.account[credited_won]
        ),
    }
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        if not spend[at] and not any(grid[at] for grid in counts.values()):
            continue
        name = ALL if scope == ALL else platform[row]
        values: dict[str, Any] = {"spend_eur": base_text(spend[at])}
        values |= {key: int(grid[at]) for key, grid in counts.items()}
        values["cost_per_lead_eur"] = base_quotient(spend[at], counts["leads_count"][at])
        result.setdefault(name, {}).setdefault(scope, {})[period] = values
    return result


def _customers(cells: Cells, campaign: IntArray, month: IntArray, account: IntArray) -> NDArray[np.int64]:
    """Accounts in each cell, each once; over all campaigns an account counts for each that won it."""
    grid = np.zeros(cells.shape, dtype=np.int64)
    for column in (month, np.full(len(month), cells.shape[1] - 1)):
        once = np.unique(np.stack((campaign, column, account)), axis=1)
        np.add.at(grid, (once[0], once[1]), 1)
    grid[-1] = grid[:-1].sum(axis=0)
    return grid
