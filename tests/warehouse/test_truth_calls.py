"""Activities, calls and what they led to: the tables against the simulator's own counts."""

from __future__ import annotations

from tests.warehouse.truth_comparison import PERIOD, SCOPES, Company, Comparison, scopes

DAILY = (
    "activities_count calls_count emails_count meetings_count automatic_count recontactable_count "
    "connected_calls_count outbound_calls_count opportunities_count won_count"
)
CONVERSION = (
    "outbound_calls_count opportunities_count opportunities_per_1000 won_count won_per_1000 "
    "mature_outbound_calls_count mature_opportunities_count mature_won_count"
)


def test_what_reps_did_and_what_came_of_it_are_the_true_counts(company: Company) -> None:
    comparison = Comparison()
    sums = ", ".join(f"sum({name})" for name in DAILY.split())
    table = company.table(
        f"""
        select coalesce(rep_id, 'all'), coalesce(cast(date_trunc('month', activity_on)::date as varchar), 'all'),
               {sums}, coalesce(sum(value_added_calls_count), 0), max(others_count)
        from service.kpi_activity_daily
        group by cube (rep_id, date_trunc('month', activity_on))""",
        keys=2,
    )
    expected = {(scope_id, period): truth for _, scope_id, period, truth in scopes(company.truth["calls"])}
    for key, truth in expected.items():
        found = table.get(key, (0,) * 12)
        comparison.each(key, found[:-1], truth, f"{DAILY} value_added_calls_count")
        comparison.equal((*key, "others"), found[-1], 0)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=5000)


def test_the_share_of_calls_with_a_note_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        """
        select coalesce(rep_id, 'all'), count(is_value_added_call), count(*) filter (where is_value_added_call),
               count(*)
        from service.fct_activity where is_connected_call group by rollup (rep_id)""",
        keys=1,
    )
    for _, scope_id, period, truth in scopes(company.truth["calls"]):
        if period == "all":
            found = table.get((scope_id,), (0,) * 3)
            keys = "noted_calls_count value_added_calls_count connected_calls_count"
            comparison.each(scope_id, found, truth, keys)
    assert any(noted == 0 and calls for noted, _, calls in table.values()), "no rep without a note"
    comparison.assert_no_difference(at_least=50)


def test_deals_per_thousand_calls_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"select scope_kind, scope_id, {PERIOD}, {', '.join(CONVERSION.split())} "
        f"from service.kpi_call_conversion where {SCOPES}",
        keys=3,
    )
    truth_of_calls = company.truth["calls"]
    expected = {
        (kind, scope_id, period): truth
        for kind, scope_id, period, truth in scopes(truth_of_calls)
        if truth_of_calls[scope_id]["all"]["outbound_calls_count"]
    }
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (None,) * 8), truth, CONVERSION)
    comparison.nothing_else(table, expected)
    assert truth_of_calls["all"]["all"]["opportunities_count"] > 20
    assert truth_of_calls["all"]["all"]["won_count"] > 5
    comparison.assert_no_difference(at_least=3000)


def test_it_is_the_last_call_before_a_deal_that_counts_for_it(company: Company) -> None:
    led = company.table(
        "select activity_id, led_to_won::int from service.fct_activity where led_to_opportunity", keys=1
    )
    expected = {(activity_id,): (won,) for activity_id, won in company.truth["calls_with_deals"].items()}
    assert led == expected


def test_calls_of_teams_and_regions_add_up_to_all(company: Company) -> None:
    for kind in ("team", "rep", "region"):
        differing = company.one(
            """
            select count(*) from (
                select period_month, sum(outbound_calls_count) filter (where scope_kind = ?) as parts,
                       sum(outbound_calls_count) filter (where scope_kind = 'all') as whole
                from service.kpi_call_conversion group by period_month)
            where parts is distinct from whole""",
            kind,
        )
        assert differing == (0,), kind
