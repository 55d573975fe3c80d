"""Truth about targets: what each was set to, in the reporting currency, and who belongs to a team."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np

from simulator.columns import RecordId
from simulator.company import CompanyParts
from simulator.exports_people import USER, partner_account
from simulator.money import base_text
from simulator.rendering import render
from simulator.targets import ALL, MONTH, MONTHS_OF, PARTNER, PERIODS, REP, SCOPES, TEAM, Target
from simulator.timeline import local_day, month_number, month_text
from simulator.truth_sales import rep_ids

MONEY_KPIS = ("won_amount", "revenue", "open_pipeline", "average_deal_size")


def count_targets(company: CompanyParts) -> dict[str, Any]:
    """'rows': every target that counts, with the months of its period, of the one before and of a year before.

    'teams': label of a team -> user ids of its reps. 'partners': account id -> month -> won deals that it brought.
    """
    staff = company.staff
    reps = rep_ids(company)
    labels = staff.team_labels()
    team_of = staff.team[staff.first_rep :]
    return {
        "rows": [_row(company, target) for target in company.targets if not target.is_old],
        "teams": {
            label: [reps[rep] for rep in np.flatnonzero(team_of == team)] for team, label in enumerate(labels)
        },
        "partners": _partners(company),
    }


def _partners(company: CompanyParts) -> dict[str, dict[str, int]]:
    deals, timeline = company.deals, company.timeline
    won = np.flatnonzero(deals.is_won & ~deals.is_deleted & (deals.partner >= 0))
    month = timeline.month_index(local_day(deals.closed_at[won]))
    count = np.zeros((len(company.partners), timeline.months), dtype=np.int64)
    np.add.at(count, (deals.partner[won], month), 1)
    ids = render(partner_account(company, np.arange(len(company.partners))))
    return {
        str(name): dict(zip(timeline.month_texts(), row.tolist(), strict=True))
        for name, row in zip(ids, count, strict=True)
    }


def _row(company: CompanyParts, target: Target) -> dict[str, Any]:
    start = np.datetime64(target.period_start, "D").astype(np.int64)
    length = MONTHS_OF[target.period_kind]
    first = int(month_number(np.array([start]))[0])

    def months(back: int) -> list[str]:
        return [month_text(first - back + number) for number in range(length)]

    return {
        "kpi_id": target.kpi_id,
        "scope_kind": SCOPES[target.scope_kind],
        "scope_id": _scope_id(company, target),
        "period_kind": PERIODS[target.period_kind],
        "period_start": target.period_start,
        "target": _in_base(company, target, int(start)),
        "warning": target.warning,
        "critical": target.critical,
        "minimum_n": target.minimum_n,
        "months": months(0),
        "months_before": months(1 if target.period_kind == MONTH else length),
        "months_year_before": months(12),
    }


def _scope_id(company: CompanyParts, target: Target) -> str:
    one = np.array([target.scope])
    if target.scope_kind == ALL:
        return "all"
    if target.scope_kind == TEAM:
        return company.staff.team_labels()[target.scope]
    if target.scope_kind == REP:
        return str(render(RecordId(USER, company.staff.first_rep + one))[0])
    assert target.scope_kind == PARTNER
    return str(render(partner_account(company, one))[0])


def _in_base(company: CompanyParts, target: Target, start: int) -> str:
    """Money at the rate of the period's first day, or of the last simulated day where the period is yet to come."""
    if target.kpi_id not in MONEY_KPIS or target.currency is None:
        return target.value
    cents = np.array([int(Decimal(target.value) * 100)])
    day = np.array([min(start, company.timeline.end_day - 1)])
    return base_text(company.rates.to_base(cents, np.array([target.currency]), day)[0])
