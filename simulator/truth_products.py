"""Truth about the lines of deals and what they sell."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.columns import RecordId
from simulator.company import CompanyParts, stream
from simulator.counting import Cells
from simulator.deal_paths import LOST, WON
from simulator.exports_people import account_table, lead_table
from simulator.exports_sales import PRODUCT, opportunity_table
from simulator.lines import PRODUCTS, Lines, draw_lines
from simulator.money import base_text
from simulator.rendering import render
from simulator.timeline import local_day
from simulator.truth_sales import deal_base


def company_lines(company: CompanyParts) -> Lines:
    """The lines of all deals.

    They are drawn while the exports are drawn up, after these three tables: the same stream leads
    to the same lines.
    """
    rng = stream(company.settings, "exports")
    for table in (account_table, lead_table, opportunity_table):
        table(company, rng)
    return draw_lines(rng, company.deals)


def count_order_lines(company: CompanyParts) -> dict[str, Any]:
    """'order_lines': outcome of the deal -> sums; 'product_sales': product id -> period -> sums.

    Sales are lines of won deals, by the month of the last closing. A line is worth what the rate of
    the day on which its deal was created makes it.
    """
    deals, timeline = company.deals, company.timeline
    lines = company_lines(company)
    base = deal_base(company, lines.total, lines.deal)
    stage, live = deals.stage[lines.deal], ~deals.is_deleted[lines.deal]
    outcomes = {
        "won": live & (stage == WON),
        "lost": live & (stage == LOST),
        "open": live & (stage < WON),
    }
    sold = np.flatnonzero(outcomes["won"])
    month = timeline.month_index(local_day(deals.closed_at[lines.deal[sold]]))
    product = lines.product[sold]
    ids = [str(name) for name in render(RecordId(PRODUCT, np.arange(len(PRODUCTS))))]
    cells = Cells.of(timeline, ids)
    count = cells.total(product, month)
    units = cells.total(product, month, lines.quantity[sold])
    revenue = cells.total(product, month, base[sold])
    product_sales: dict[str, Any] = {}
    for name, period, row, column in cells.names():
        product_sales.setdefault(name, {})[period] = {
            "lines_count": int(count[row, column]),
            "units": int(units[row, column]),
            "revenue_eur": base_text(revenue[row, column]),
        }
    return {
        "order_lines": {
            outcome: {
                "lines_count": int(chosen.sum()),
                "units": int(lines.quantity[chosen].sum()),
                "amount_eur": base_text(base[chosen].sum()),
            }
            for outcome, chosen in outcomes.items()
        },
        "product_sales": product_sales,
    }
