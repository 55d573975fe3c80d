"""Targets and leaderboards against the truth: recomputed here from the simulator's counts by rep and month."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from math import sqrt
from typing import Any

from tests.warehouse.truth_comparison import Company, Comparison, scopes

Sums = tuple[Decimal, Decimal | None, int]
"""Numerator, denominator (None: the numerator tells all) and number of cases."""
NEARLY = 1e-4
STOCKS = {"open_pipeline", "open_deals"}


def wilson(successes: int, trials: int) -> tuple[float, float]:
    z = 1.96
    centre = successes / trials + z * z / (2 * trials)
    half = z * sqrt(successes * (trials - successes) / trials**3 + z * z / (4 * trials * trials))
    whole = 1 + z * z / trials
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def deals(row: dict[str, Any], kpi_id: str) -> Sums:
    won, closed = row["won_count"], row["closed_count"]
    amount = Decimal(row["won_amount_eur"])
    cycle = row["cycle_from_created_days"]
    return {
        "won_amount": (amount, None, won),
        "deal_count": (Decimal(won), None, won),
        "average_deal_size": (amount, Decimal(won), won),
        "win_rate": (Decimal(won), Decimal(closed), closed),
        "sales_cycle": (
            Decimal(cycle["mean"] or 0) * cycle["count"],
            Decimal(cycle["count"]),
            cycle["count"],
        ),
    }[kpi_id]


def others(company: Company, kpi_id: str, month: str) -> Sums | None:
    """The KPIs of which the sample company has targets for the whole company only."""
    truth = company.truth
    if kpi_id == "revenue" and month in truth["revenue"]:
        row = truth["revenue"][month]
        return Decimal(row["revenue_eur"]), None, row["orders_count"]
    if kpi_id == "leads_created" and month in truth["lead_funnel"]["all"]:
        count = truth["lead_funnel"]["all"][month]["created_count"]
        return Decimal(count), None, count
    if kpi_id == "close_rate" and month in truth["close_rates"]["all"]:
        row = truth["close_rates"]["all"][month]
        leads = row["mature_leads_count"]
        return Decimal(row["mature_won_count"]), Decimal(leads), leads
    if kpi_id == "response_within_1h" and month in truth["response_times"]["all"]:
        row = truth["response_times"]["all"][month]
        return Decimal(row["within_1h_count"]), Decimal(row["mature_count"]), row["mature_count"]
    if kpi_id == "roas" and month in truth["ads"]["all"]["all"]:
        spend = Decimal(truth["ads"]["all"]["all"][month]["spend_eur"])
        earned, conversions = earned_by_ads(company, month)
        return earned, spend, conversions
    return None


def earned_by_ads(company: Company, month: str) -> tuple[Decimal, int]:
    """What the touches of ads earned: the weights of a conversion are held against the truth elsewhere."""
    row = company.one(
        "select coalesce(sum(attributed_amount_base), 0), count(distinct conversion_id) from marketing.fct_attribution"
        " where model = 'linear' and is_ad_platform and weight > 0 and date_trunc('month', converted_on) = ?::date",
        month,
    )
    assert row is not None
    return row[0], row[1]


def of_scope(truth: dict[str, Any], kpi_id: str, scope: str, month: str) -> Sums | None:
    """The KPIs of one rep, or of the whole company."""
    if kpi_id == "open_pipeline":
        row = truth["open_pipeline"].get(scope, {}).get(month, {}).get("all")
        return row and (Decimal(row["open_amount_eur"]), None, row["open_count"])
    if kpi_id == "call_conversion":
        row = truth["calls"].get(scope, {}).get(month)
        if row is None:
            return None
        calls = row["mature_outbound_calls_count"]
        return Decimal(1000 * row["mature_opportunities_count"]), Decimal(calls), calls
    row = truth["opportunities"].get(scope, {}).get(month)
    if row is None:
        return None
    if kpi_id == "open_deals":
        return Decimal(row["open_count"]), None, row["open_count"]
    return deals(row, kpi_id)


def members(truth: dict[str, Any], row: dict[str, Any]) -> list[str]:
    return truth["targets"]["teams"][row["scope_id"]] if row["scope_kind"] == "team" else [row["scope_id"]]


def sums(company: Company, row: dict[str, Any], months: list[str]) -> list[Sums]:
    truth, kpi_id = company.truth, row["kpi_id"]
    if kpi_id in STOCKS:
        months = [month for month in months if month in truth["opportunities"]["all"]][-1:]
    if row["scope_kind"] == "partner":
        counts = truth["targets"]["partners"][row["scope_id"]]
        return [(Decimal(counts[month]), None, counts[month]) for month in months if month in counts]
    if kpi_id in ("revenue", "leads_created", "close_rate", "response_within_1h", "roas"):
        return [found for month in months if (found := others(company, kpi_id, month))]
    return [
        found
        for scope in members(truth, row)
        for month in months
        if (found := of_scope(truth, kpi_id, scope, month))
    ]


def value(parts: list[Sums]) -> float | None:
    if not parts:
        return None
    numerator = sum(part[0] for part in parts)
    if parts[0][1] is None:
        return float(numerator)
    denominator = sum(part[1] or Decimal(0) for part in parts)
    return float(numerator / denominator) if denominator else None


def test_every_target_is_measured_as_the_truth_says(company: Company) -> None:
    truth = company.truth
    found = company.table(
        "select kpi_id, scope_kind, scope_id, period_kind, cast(period_start_on as varchar), actual, n, target,"
        " baseline_previous, baseline_year_before, attainment_ratio, status, problem, direction"
        " from management.kpi_target_attainment",
        keys=5,
    )
    comparison = Comparison()
    last_month = max(month for month in truth["opportunities"]["all"] if month != "all")
    statuses: set[str] = set()
    kpis: set[tuple[str, str]] = set()
    for row in truth["targets"]["rows"]:
        key = tuple(row[name] for name in ("kpi_id", "scope_kind", "scope_id", "period_kind", "period_start"))
        actual, n, target, previous, year_before, attainment, status, problem, direction = found.pop(key)
        assert problem is None, key
        kpis.add((row["kpi_id"], row["scope_kind"]))
        comparison.equal((key, "target"), target, row["target"], NEARLY)
        parts = sums(company, row, row["months"])
        expected = value(parts)
        # reps without a deal in these months have no row in the truth of a rate, either
        comparison.equal((key, "actual"), actual, expected, NEARLY)
        comparison.equal((key, "n"), n, sum(part[2] for part in parts))
        comparison.equal((key, "previous"), previous, value(sums(company, row, row["months_before"])), NEARLY)
        comparison.equal(
            (key, "year before"), year_before, value(sums(company, row, row["months_year_before"])), NEARLY
        )
        lower = row["kpi_id"] == "sales_cycle"
        assert direction == ("lower" if lower else "higher")
        aim = float(row["target"])
        if expected:
            comparison.equal(
                (key, "attainment"), attainment, aim / expected if lower else expected / aim, NEARLY
            )
        young = row["months"][-1] > last_month or _is_young(truth, row)
        wanted = _status(row, expected, sum(part[2] for part in parts), young, lower)
        if status != wanted:
            comparison.differences.append(f"{key}: {actual} is {status}, in truth {wanted}")
        statuses.add(status)
    assert not found, "the table has a target that the truth does not know"
    assert statuses == {"ok", "warning", "critical", "too little data"}
    assert kpis >= {
        ("open_pipeline", "team"), ("open_deals", "all"), ("response_within_1h", "all"), ("call_conversion", "all"),
        ("call_conversion", "team"), ("roas", "all"), ("deal_count", "partner"), ("deal_count", "rep"),
    }  # fmt: skip
    comparison.assert_no_difference(at_least=1000)


# A cohort is young where not all of its cases are mature.
COHORTS = {
    "close_rate": ("close_rates", "mature_leads_count", "leads_count"),
    "response_within_1h": ("response_times", "mature_count", "requests_count"),
    "call_conversion": ("calls", "mature_outbound_calls_count", "outbound_calls_count"),
}


def _is_young(truth: dict[str, Any], row: dict[str, Any]) -> bool:
    if row["kpi_id"] not in COHORTS:
        return False
    name, mature, whole = COHORTS[row["kpi_id"]]
    told = [
        truth[name][scope].get(month)
        for scope in members(truth, row)
        for month in row["months"]
        if scope in truth[name]
    ]
    return any(cohort is None or cohort[mature] < cohort[whole] for cohort in told)


def _status(row: dict[str, Any], actual: float | None, n: int, young: bool, lower: bool) -> str:
    if actual is None or young or n < (row["minimum_n"] or 0):
        return "too little data"
    aim = float(row["target"])
    sign = -1 if lower else 1
    for name, share in (("critical", 0.8), ("warning", 0.95)):
        limit = float(row[name]) if row[name] else aim - sign * (1 - share) * aim
        # a hair's breadth of tolerance: both sides compute with floating point
        if sign * actual < sign * limit - 1e-9:
            return name
    return "ok"


def test_the_correction_of_a_target_counts_and_a_target_in_another_currency_is_converted(
    company: Company,
) -> None:
    truth = company.truth["targets"]["rows"]
    first = truth[0]
    row = company.one(
        "select target, currency from management.fct_target where kpi_id = ? and scope_kind = 'all'"
        " and period_kind = 'month' and period_start_on = ?::date",
        first["kpi_id"], first["period_start"],
    )  # fmt: skip
    assert row is not None and row[0] == float(first["target"]) != 1
    converted = company.one(
        "select count(*) from management.fct_target where currency <> 'EUR' and target_base <> target_amount"
    )
    assert converted is not None and converted[0] > 40


def rates_of(truth: dict[str, Any]) -> dict[tuple[str, str], list[tuple[str, int, int]]]:
    """(scope_kind, period) -> reps or teams with won and closed deals."""
    contests: dict[tuple[str, str], list[tuple[str, int, int]]] = {}
    table = truth["opportunities"]
    for kind, scope_id, period, row in scopes(table):
        if kind == "rep":
            contests.setdefault(("rep", period), []).append((scope_id, row["won_count"], row["closed_count"]))
    for team, reps in truth["targets"]["teams"].items():
        for period in table["all"]:
            rows = [table[rep][period] for rep in reps]
            won, closed = sum(r["won_count"] for r in rows), sum(r["closed_count"] for r in rows)
            contests.setdefault(("team", period), []).append((team, won, closed))
    return contests


def groups_by_walking(intervals: dict[str, tuple[float, float]]) -> dict[str, int]:
    """Tie groups by joining whatever overlaps until nothing does: another way than the table's."""
    groups = [({name}, low, high) for name, (low, high) in intervals.items()]
    merged = True
    while merged:
        merged = False
        for one in groups:
            for other in groups:
                if one is not other and one[1] <= other[2] and other[1] <= one[2]:
                    groups = [g for g in groups if g is not one and g is not other]
                    groups.append((one[0] | other[0], min(one[1], other[1]), max(one[2], other[2])))
                    merged = True
                    break
            if merged:
                break
    ordered = sorted(groups, key=lambda group: -group[2])
    return {name: number + 1 for number, group in enumerate(ordered) for name in group[0]}


def test_leaderboards_of_win_rates_rank_and_tie_as_the_truth_says(company: Company) -> None:
    found = company.table(
        "select scope_kind, coalesce(cast(period_month as varchar), 'all'), scope_id, rank, tie_group, value, n, low, high"
        " from management.kpi_leaderboard where kpi_id = 'win_rate'",
        keys=3,
    )
    comparison = Comparison()
    for (kind, period), entrants in rates_of(company.truth).items():
        intervals = {
            name: wilson(won, closed)
            for name, won, closed in entrants
            if closed and (kind, period, name) in found
        }
        assert len(intervals) == sum(1 for _, _, closed in entrants if closed)
        groups = groups_by_walking(intervals)
        for name, won, closed in entrants:
            if not closed:
                continue
            rank, group, rate, n, low, high = found[kind, period, name]
            # two ends that differ in the last digit only may be put in either order
            better = sum(other[0] > intervals[name][0] + 1e-12 for other in intervals.values())
            equal = sum(abs(other[0] - intervals[name][0]) <= 1e-12 for other in intervals.values())
            assert better + 1 <= rank <= better + equal, (kind, period, name)
            comparison.equal((kind, period, name, "group"), group, groups[name])
            comparison.equal((kind, period, name, "rate"), rate, won / closed)
            comparison.equal((kind, period, name, "n"), n, closed)
            comparison.equal((kind, period, name, "low"), low, intervals[name][0])
            comparison.equal((kind, period, name, "high"), high, intervals[name][1])
    comparison.assert_no_difference(at_least=1000)


def test_leaderboards_of_amounts_rank_by_amount(company: Company) -> None:
    found = company.table(
        "select scope_id, rank, tie_group, value from management.kpi_leaderboard"
        " where kpi_id = 'won_amount' and scope_kind = 'rep' and period_kind = 'all'",
        keys=1,
    )
    table = company.truth["opportunities"]
    amounts = {rep: Decimal(table[rep]["all"]["won_amount_eur"]) for rep in table if rep != "all"}
    for (rep,), (rank, group, amount) in found.items():
        assert rank == 1 + sum(other > amounts[rep] for other in amounts.values())
        assert group == 1 + len({other for other in amounts.values() if other > amounts[rep]})
        assert float(amounts[rep]) == amount
    assert len(found) >= 20


def ranked_by(company: Company, kpi_id: str, scope_kind: str, order: Callable[[Any], Any]) -> bool:
    rows = company.database.execute(
        "select low, high, value from management.kpi_leaderboard where kpi_id = ? and scope_kind = ?"
        " and period_kind = 'all' and rank is not null order by rank",
        [kpi_id, scope_kind],
    ).fetchall()
    return len(rows) > 2 and rows == sorted(rows, key=order)


def test_every_kind_of_rate_has_leaderboards_of_reps_teams_or_partners(company: Company) -> None:
    for scope_kind in ("rep", "team", "partner"):
        assert ranked_by(company, "win_rate_created", scope_kind, lambda row: -row[0])
        assert ranked_by(company, "sales_cycle", scope_kind, lambda row: row[2])
    assert ranked_by(company, "deal_success", "partner", lambda row: -row[0])
    kpis = company.database.execute(
        "select distinct kpi_id from management.kpi_leaderboard where low is not null"
    ).fetchall()
    assert {name for (name,) in kpis} >= {
        "close_rate", "win_rate", "win_rate_created", "stage_conversion", "stage_conversion_both",
        "lead_to_opportunity", "lead_to_customer_share", "deal_success", "influenced_win_rate",
    }  # fmt: skip
