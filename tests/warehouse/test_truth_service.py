"""Requests, surveys and quotes: the tables against the simulator's own counts."""

from __future__ import annotations

from typing import Any

from tests.warehouse.truth_comparison import PERIOD, SCOPES, Company, Comparison, scopes

MINUTES = 0.001
"""Tables round each duration to a ten-thousandth of a minute."""


def test_responses_are_as_many_and_as_fast_as_in_truth_by_calendar_and_business_hours(
    company: Company,
) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD},
               requests_count, answered_count, response_before_request_count, mature_requests_count,
               mature_unanswered_count, within_1h_count, within_24h_count, within_1h_business_count,
               within_24h_business_count, within_1h_rate, within_24h_business_rate, answered_customers_count,
               response_per_customer_minutes,
               answered_count, response_mean_minutes, response_p50_minutes, response_p90_minutes,
               answered_business_count, response_mean_business_minutes, response_p50_business_minutes,
               response_p90_business_minutes
        from service.kpi_response_time where {SCOPES}""",
        keys=3,
    )
    counts = (
        "requests_count answered_count before_request_count mature_count mature_unanswered_count within_1h_count"
        " within_24h_count within_1h_business_count within_24h_business_count within_1h_rate"
        " within_24h_business_rate customers_count"
    )
    expected = those_with(company.truth["response_times"], "requests_count")
    for key, truth in expected.items():
        found = table.get(key, (None,) * 21)
        comparison.each(key, found[:12], truth, counts)
        comparison.each(key, found[12:13], truth, "per_customer", MINUTES)
        comparison.each(key, found[13:17], truth["minutes"], "count mean median p90", MINUTES)
        comparison.each(key, found[17:], truth["business_minutes"], "count mean median p90", MINUTES)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=8000)


def test_what_fast_and_slow_answers_go_with_is_the_true_share(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        "select response_band, n, qualified_count, won_count, won_rate from service.kpi_response_lift", keys=1
    )
    truth = company.truth["response_lift"]
    for band, told in truth.items():
        comparison.each(band, table[band,], told, "requests_count qualified_count won_count won_rate")
    comparison.nothing_else((key[0] for key in table), truth)
    comparison.assert_no_difference(at_least=16)


def test_resolutions_surveys_and_quotes_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    quote_columns = ", ".join(
        f"{name}_{part}"
        for name, counted in (("first_quote", "timed"), ("final_quote", "timed"))
        for unit, prefix in (("minutes", ""), ("business_minutes", "business_"))
        for part in (f"{prefix}{counted}_count", f"mean_{unit}", f"p50_{unit}", f"p90_{unit}")
    )
    table = company.table(
        f"""
        select scope_kind, scope_id, {PERIOD},
               contacts_known_count, first_contact_resolved_count, first_contact_resolution_rate,
               satisfaction_answers_count, satisfaction_mean, satisfied_count, satisfied_rate, low_score_count,
               resolution_answers_count, resolution_confirmed_count,
               nps_answers_count, promoters_count, detractors_count, nps_ratio,
               surveys_sent_count, surveys_answered_count, survey_response_rate,
               satisfaction_surveys_sent_count,
               quotes_requested_count, open_quotes_count, top_low_score_reasons, {quote_columns}
        from service.kpi_service_quality where {SCOPES}""",
        keys=3,
    )
    keys = (
        "contacts_known_count first_contact_count first_contact_rate scores_count satisfaction_mean satisfied_count"
        " satisfied_rate low_count resolution_count confirmed_count nps_count promoters_count detractors_count"
        " nps_ratio sent_count answered_surveys_count survey_response_rate satisfaction_sent_count quotes_count"
        " open_quotes_count"
    )
    number = len(keys.split())
    for scope_kind, scope_id, period, truth in scopes(company.truth["service_quality"]):
        key = scope_kind, scope_id, period
        if key not in table:
            assert not any(truth[name] for name in ("contacts_known_count", "sent_count", "quotes_count"))
            continue
        found = table[key]
        comparison.each(key, found[:number], truth, keys)
        if found[number] != truth["reasons"]:
            comparison.differences.append(f"{key}: {found[number]}, the truth {truth['reasons']}")
        durations = found[number + 1 :]
        for place, unit in enumerate(
            (
                "first_quote_minutes",
                "first_quote_business_minutes",
                "final_quote_minutes",
                "final_quote_business_minutes",
            )
        ):
            values = durations[place * 4 : place * 4 + 4]
            comparison.each((*key, unit), values, truth[unit], "count mean median p90", MINUTES)
    comparison.nothing_else(
        table, ((kind, name, period) for kind, name, period, _ in scopes(company.truth["service_quality"]))
    )
    comparison.assert_no_difference(at_least=15_000)


def those_with(truth: dict[str, Any], count: str) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The truth by scope and period, without scopes in which nothing ever happened: the table leaves them out."""
    return {
        (kind, scope_id, period): values
        for kind, scope_id, period, values in scopes(truth)
        if truth[scope_id]["all"][count] or scope_id == "all"
    }
