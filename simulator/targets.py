"""What the company wants to reach: monthly targets of won amount and of open pipeline, for all and by team."""

from __future__ import annotations

import numpy as np

from simulator.columns import Column, Day, Empty, Label, Table, Whole
from simulator.company import CompanyParts
from simulator.timeline import IntArray, local_day

KPIS = ("won_amount", "open_pipeline")
STEP = 5_000  # euro to which targets are rounded
PIPELINE_FACTOR = 2
FIRST_SHARE, LAST_SHARE = 80, 130  # per cent of an average month, in the first month and after the last


def monthly_targets(company: CompanyParts) -> IntArray:
    """(teams + 1, months + 1) euro to be won: one month more than was simulated, the company in the last row."""
    deals, staff, months = company.deals, company.staff, company.timeline.months
    won = np.flatnonzero(deals.is_won & ~deals.is_deleted)
    base = company.rates.to_base(deals.amount[won], deals.currency[won], local_day(deals.created_at[won]))
    total = np.zeros(staff.teams, dtype=np.int64)
    np.add.at(total, staff.team[staff.first_rep + deals.owner[won]], base)
    share = FIRST_SHARE + (LAST_SHARE - FIRST_SHARE) * np.arange(months + 1) // months
    wanted = total[:, None] // (10_000 * months) * share // 100
    teams = np.maximum(1, -(-wanted // STEP)) * STEP
    return np.concatenate((teams, teams.sum(axis=0, keepdims=True)))


def target_table(company: CompanyParts) -> Table:
    """Every team and the company, every month, two KPIs; a tenth below is a warning, a quarter is critical."""
    wanted = monthly_targets(company)
    scopes, months = wanted.shape
    kpi, scope, month = (grid.ravel() for grid in np.indices((len(KPIS), scopes, months)))
    target = wanted[scope, month] * np.array([1, PIPELINE_FACTOR])[kpi]
    first_day = np.arange(company.timeline.first_month, company.timeline.first_month + months)
    day = first_day.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    is_all = (scope == scopes - 1).astype(np.int64)
    count = len(kpi)

    def constant(text: str) -> Column:
        return Label(np.zeros(count, dtype=np.int64), (text,))

    return {
        "kpi_id": Label(kpi, KPIS),
        "scope_kind": Label(is_all, ("team", "all")),
        "scope_id": Label(scope, (*company.staff.team_labels(), "all")),
        "period_kind": constant("month"),
        "period_start_on": Day(day[month]),
        "target": Whole(target),
        "warning": Whole(target * 9 // 10),
        "critical": Whole(target * 3 // 4),
        "minimum_n": Empty(count),
        "currency": constant("EUR"),
    }
