"""Products and the line items of opportunities; the lines of a deal add up to its amount."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.deals import Deals, amount_unit
from simulator.timeline import IntArray

# name, code, family (index into `deals.PRODUCT_FAMILIES`)
PRODUCTS = (
    ("Core Platform", "PLT-CORE", 0),
    ("Platform Plus", "PLT-PLUS", 0),
    ("Sales Analytics", "ANL-SALES", 1),
    ("Marketing Analytics", "ANL-MKT", 1),
    ("Onboarding", "SRV-ONB", 2),
    ("Premium Support", "SRV-SUP", 2),
)
WITHOUT_LINES = 0.6  # of deals that are not won
QUANTITIES = (1, 2, 5, 10)


@dataclass(frozen=True)
class Lines:
    """One value for each line; total: cents in the deal's currency, a multiple of quantity."""

    deal: IntArray
    product: IntArray
    quantity: IntArray
    total: IntArray


def draw_lines(rng: np.random.Generator, deals: Deals) -> Lines:
    """One or two lines for every won deal and for some of the others."""
    deal = np.flatnonzero(deals.is_won | (rng.random(len(deals)) >= WITHOUT_LINES))
    amount = deals.amount[deal]
    unit = amount_unit(deals.currency[deal])
    part = np.floor(amount * 0.7 / unit).astype(np.int64) * unit
    splits = (rng.random(len(deal)) < 0.3) & (part > 0)
    main = np.where(splits, part, amount)
    product = deals.family[deal] * 2 + rng.integers(0, 2, len(deal))
    extra = np.flatnonzero(splits)
    rows = np.concatenate((deal, deal[extra]))
    products = np.concatenate((product, (product[extra] + rng.integers(1, 6, len(extra))) % 6))
    totals = np.concatenate((main, (amount - main)[extra]))
    order = np.argsort(rows, kind="stable")
    quantity = rng.choice(QUANTITIES, len(rows))
    return Lines(rows[order], products[order], quantity, totals[order])
