"""Truth about revenue and what customers are worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.columns import Day, RecordId
from simulator.company import CompanyParts
from simulator.counting import Cells, base_quotient, quotient
from simulator.deals import SEGMENTS
from simulator.exports_people import ACCOUNT
from simulator.money import base_text
from simulator.rendering import render
from simulator.timeline import NO_DAY, IntArray


def order_base(company: CompanyParts) -> IntArray:
    """(orders,) ten-thousandths of a euro at the rate of the order's day."""
    orders = company.orders
    return company.rates.to_base(orders.amount, orders.currency, orders.day)


def live_orders(company: CompanyParts) -> IntArray:
    """Rows of the orders that were not deleted."""
    return np.flatnonzero(~company.orders.is_deleted)


def count_revenue(company: CompanyParts) -> dict[str, Any]:
    """period ('all' or first day of month) -> revenue, orders and customers."""
    orders, timeline = company.orders, company.timeline
    rows = live_orders(company)
    base = order_base(company)
    cost = company.rates.to_base(orders.cost, orders.currency, orders.day)
    month = timeline.month_index(orders.day)
    account = orders.account
    cells = Cells.of(timeline, ["company"])
    nobody = np.zeros(len(rows), dtype=np.int64)
    revenue = cells.total(nobody, month[rows], base[rows])[0]
    order_cost = cells.total(nobody, month[rows], cost[rows])[0]
    count = cells.total(nobody, month[rows])[0]
    pairs = np.unique(month[rows] * len(company.accounts) + account[rows])
    active = cells.total(nobody[: len(pairs)], pairs // len(company.accounts))[0]
    first_month = np.full(len(company.accounts), timeline.months)
    np.minimum.at(first_month, account[rows], month[rows])
    customers = first_month[first_month < timeline.months]
    new = cells.total(np.zeros(len(customers), dtype=np.int64), customers)[0]
    active[-1] = len(customers)
    return {
        period: {
            "revenue_eur": base_text(revenue[column]),
            "order_cost_eur": base_text(order_cost[column]),
            "orders_count": int(count[column]),
            "active_customers_count": int(active[column]),
            "new_customers_count": int(new[column]),
            "average_order_value_eur": base_quotient(revenue[column], count[column]),
            "revenue_per_customer_eur": base_quotient(revenue[column], active[column]),
        }
        for scope, period, _, column in cells.names()
        if scope == "company"
    }


def count_customers(company: CompanyParts) -> dict[str, Any]:
    """'buyers': account id -> realised value; 'prospects': account id -> costs of those without
    orders, also of subscribers; 'segments': segment or 'all' -> sums over its customers."""
    orders, costs = company.orders, company.costs
    count = len(company.accounts)
    rows = live_orders(company)
    revenue, number = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(revenue, orders.account[rows], order_base(company)[rows])
    np.add.at(number, orders.account[rows], 1)
    first, last = np.full(count, np.iinfo(np.int64).max), np.zeros(count, dtype=np.int64)
    np.minimum.at(first, orders.account[rows], orders.day[rows])
    np.maximum.at(last, orders.account[rows], orders.day[rows])
    spent = np.zeros(count, dtype=np.int64)
    live = np.flatnonzero(~costs.is_deleted)
    cost_base = company.rates.to_base(costs.amount, costs.currency, costs.day)
    np.add.at(spent, costs.account[live], cost_base[live])
    buyers = np.flatnonzero(number > 0)
    subscribed = np.zeros(count, dtype=bool)
    subscriptions = company.lifecycle.subscriptions
    ran = (subscriptions.until == NO_DAY) | (subscriptions.until >= subscriptions.day)
    subscribed[subscriptions.account[ran & ~subscriptions.is_deleted]] = True
    prospects = np.flatnonzero((number == 0) & ((spent > 0) | subscribed))
    buyer_rows = zip(
        render(RecordId(ACCOUNT, buyers)),
        revenue[buyers],
        spent[buyers],
        number[buyers],
        render(Day(first[buyers])),
        render(Day(last[buyers])),
        strict=True,
    )
    segments = {}
    for name, segment in [("all", company.accounts.segment >= 0)] + [
        (name, company.accounts.segment == index) for index, name in enumerate(SEGMENTS)
    ]:
        own = np.flatnonzero(segment & ((number > 0) | subscribed))
        only_costs = np.flatnonzero(segment & (number == 0) & ~subscribed & (spent > 0))
        segments[name] = {
            "customers_count": len(own),
            "revenue_eur": base_text(revenue[own].sum()),
            "costs_eur": base_text(spent[own].sum()),
            "ltv_realised_eur": base_text(revenue[own].sum() - spent[own].sum()),
            "ltv_realised_per_customer_eur": base_quotient(revenue[own].sum() - spent[own].sum(), len(own)),
            "prospects_count": len(only_costs),
            "prospects_costs_eur": base_text(spent[only_costs].sum()),
        }
    return {
        "segments": segments,
        "buyers": {
            str(name): {
                "revenue_eur": base_text(earned),
                "costs_eur": base_text(paid),
                "ltv_realised_eur": base_text(earned - paid),
                "orders_count": int(times),
                "first_order_on": str(first_day),
                "last_order_on": str(last_day),
            }
            for name, earned, paid, times, first_day, last_day in buyer_rows
        },
        "prospects": {
            str(name): {"costs_eur": base_text(paid)}
            for name, paid in zip(render(RecordId(ACCOUNT, prospects)), spent[prospects], strict=True)
        },
    }


def count_cohorts(company: CompanyParts) -> dict[str, Any]:
    """month of the first order -> age in months -> customers, how many ordered, their value so far.

    Value is revenue without what winning, serving and keeping the customer cost, each in the month
    in which it was incurred; what was spent before the first order's month counts at age 0.
    """
    orders, costs, timeline = company.orders, company.costs, company.timeline
    accounts, months = len(company.accounts), timeline.months
    rows = live_orders(company)
    month = timeline.month_index(orders.day[rows])
    cohort = np.full(accounts, months)
    np.minimum.at(cohort, orders.account[rows], month)
    customers = np.bincount(cohort, minlength=months + 1)
    buyer, age = orders.account[rows], month - cohort[orders.account[rows]]
    value, active = np.zeros((months, months), dtype=np.int64), np.zeros((months, months), dtype=np.int64)
    np.add.at(value, (cohort[buyer], age), order_base(company)[rows])
    pairs = np.unique(buyer * months + age)
    np.add.at(active, (cohort[pairs // months], pairs % months), 1)
    paid = np.flatnonzero(~costs.is_deleted & (cohort[costs.account] < months))
    payer = costs.account[paid]
    cost_age = np.maximum(timeline.month_index(costs.day[paid]) - cohort[payer], 0)
    cost_base = company.rates.to_base(costs.amount, costs.currency, costs.day)
    np.subtract.at(value, (cohort[payer], cost_age), cost_base[paid])
    cumulative = np.cumsum(value, axis=1)
    return {
        text: {
            str(age): {
                "customers_count": int(customers[number]),
                "active_count": int(active[number, age]),
                "retention_rate": quotient(active[number, age], customers[number]),
                "cumulative_value_eur": base_text(cumulative[number, age]),
                "cumulative_value_per_customer_eur": base_quotient(
                    cumulative[number, age], customers[number]
                ),
            }
            for age in range(months - number)
        }
        for number, text in enumerate(timeline.month_texts())
        if customers[number]
    }
