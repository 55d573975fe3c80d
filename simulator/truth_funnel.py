"""Truth about leads on their way: growth, completeness, time to customer, close rate by cohort."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.company import CompanyParts
from simulator.counting import ALL, Cells, describe, quotient
from simulator.exports_reference import MATURITY_DAYS
from simulator.timeline import IntArray, Timeline, local_day
from simulator.truth_sales import NOTHING, rep_ids

FIELDS = 3
# Valid fields among name, e-mail and phone; everyone has a name.
BANDS = {"complete": 3, "partial": 2, "poor": 1}
WON_BY_DAYS = (30, 90, 180)
YEAR = 12


def surviving_leads(company: CompanyParts) -> IntArray:
    """Rows of the leads that were not deleted and are no duplicates."""
    leads = company.leads
    return np.flatnonzero(~leads.is_deleted & (leads.duplicate_of < 0))


def mature_months(timeline: Timeline, kpi_id: str) -> NDArray[np.bool_]:
    """(months,) whether the window of the KPI has passed since the month's last day."""
    last_day = local_day(timeline.month_ends()) - 1
    return last_day + dict(MATURITY_DAYS)[kpi_id] <= timeline.end_day - 1


def count_lead_funnel(company: CompanyParts) -> dict[str, Any]:
    """scope ('all' or user id) -> period of creation -> growth, completeness, time to customer.

    Only survivors count, save in duplicates_count; what a survivor was converted to is its deal.
    previous_month_count and growth_ratio: None for the first month and for 'all'.
    lead_to_customer_days: local days from a lead's creation to the last closing of its won deal;
    matured: the same for leads of months that are old enough.
    """
    leads, deals, timeline = company.leads, company.deals, company.timeline
    cells = Cells.of(timeline, rep_ids(company))
    created_day = local_day(leads.created_at)
    month = timeline.month_index(created_day)
    survivors = surviving_leads(company)
    fields = 1 + (leads.email_style >= 0) + leads.has_valid_phone
    became = (leads.deal >= 0) & ~deals.is_deleted[leads.deal]
    won = survivors[became[survivors] & deals.is_won[leads.deal[survivors]]]
    days = np.zeros(len(leads), dtype=np.int64)
    days[won] = local_day(deals.closed_at[leads.deal[won]]) - created_day[won]

    def total(rows: IntArray, value: IntArray | None = None) -> NDArray[np.int64]:
        return cells.total(leads.owner[rows], month[rows], None if value is None else value[rows])

    created, valid = total(survivors), total(survivors, fields)
    copies = total(np.flatnonzero(~leads.is_deleted & (leads.duplicate_of >= 0)))
    band = {name: survivors[fields[survivors] == number] for name, number in BANDS.items()}
    band_leads = {name: total(rows) for name, rows in band.items()}
    band_deals = {name: total(rows[became[rows]]) for name, rows in band.items()}
    mature = mature_months(timeline, "lead_to_customer_time")
    mature_leads = total(survivors[mature[month[survivors]]])
    mature_won = won[mature[month[won]]]
    won_by = {limit: total(mature_won[days[mature_won] <= limit]) for limit in WON_BY_DAYS}
    waits = cells.groups(leads.owner[won], month[won], days[won])
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        before = None if column == 0 or period == ALL else int(created[row, column - 1])
        result.setdefault(scope, {})[period] = {
            "created_count": int(created[at]),
            "duplicates_count": int(copies[at]),
            "previous_month_count": before,
            "growth_ratio": None if before is None else quotient(created[at] - before, before),
            "mean_completeness": quotient(valid[at], created[at] * FIELDS),
            "bands": {
                name: {
                    "leads_count": int(band_leads[name][at]),
                    "opportunities_count": int(band_deals[name][at]),
                    "opportunity_rate": quotient(band_deals[name][at], band_leads[name][at]),
                }
                for name in BANDS
            },
            "lead_to_customer_days": describe(waits.get(at, NOTHING)),
            "matured": {
                "leads_count": int(mature_leads[at]),
                **{f"won_by_day_{limit}_count": int(grid[at]) for limit, grid in won_by.items()},
            },
        }
    return result


def count_close_rates(company: CompanyParts) -> dict[str, Any]:
    """scope -> cohort ('all' or month of creation) -> leads without duplicates and how many were won.

    *_year_before: the cohort twelve months earlier, None where there is none.
    """
    leads, deals, timeline = company.leads, company.deals, company.timeline
    cells = Cells.of(timeline, rep_ids(company))
    month = timeline.month_index(local_day(leads.created_at))
    survivors = surviving_leads(company)
    with_deal = survivors[leads.deal[survivors] >= 0]
    deal = leads.deal[with_deal]
    won = with_deal[deals.is_won[deal] & ~deals.is_deleted[deal]]
    mature = mature_months(timeline, "close_rate")

    def total(rows: IntArray) -> NDArray[np.int64]:
        return cells.total(leads.owner[rows], month[rows])

    all_leads, all_won = total(survivors), total(won)
    old_leads, old_won = total(survivors[mature[month[survivors]]]), total(won[mature[month[won]]])
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        before = None if column < YEAR or period == ALL else (row, column - YEAR)
        result.setdefault(scope, {})[period] = {
            "leads_count": int(all_leads[at]),
            "won_count": int(all_won[at]),
            "close_rate": quotient(all_won[at], all_leads[at]),
            "mature_leads_count": int(old_leads[at]),
            "mature_won_count": int(old_won[at]),
            "leads_count_year_before": None if before is None else int(all_leads[before]),
            "won_count_year_before": None if before is None else int(all_won[before]),
        }
    return result
