"""A support log of another company, through exports.yml: its own words, its own time zone, hours and holidays."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.conftest import Warehouse, refreshed, write_exports

MAPPING = """\
version: 1
vars: {reporting_time_zone: America/New_York}
defaults: {dates: "%m/%d/%Y %H:%M", time_zone: America/New_York, null_values: ["-"]}
objects:
  request:
    files: "tickets.csv"
    columns:
      request_id: Ticket
      account_id: Customer
      owner_id: Agent
      channel: Via
      kind: Topic
      requested_at: Created
      first_human_response_at: First Reply
      resolved_at: Solved
      reopens_count: Reopens
      contacts_count: Replies
      status: {column: State, map: {Solved: resolved, Closed: closed, Waiting for customer: pending}, otherwise: open}
      satisfaction_score: CSAT
      satisfaction_reason: CSAT Reason
"""
FILES = {
    "tickets.csv": (
        "Ticket,Customer,Agent,Via,Topic,Created,First Reply,Solved,Reopens,Replies,State,CSAT,CSAT Reason\n"
        "weekend,Acme,Ann,Mail,Bug,03/08/2024 16:30,03/11/2024 10:15,03/11/2024 11:00,0,1,Solved,5,-\n"
        "holiday,Acme,Ann,Mail,Bug,07/03/2024 17:00,07/05/2024 09:30,07/05/2024 10:00,0,2,Closed,4,-\n"
        "saturday,Bolt,Bob,Chat,Bug,03/09/2024 10:00,03/10/2024 12:00,03/10/2024 12:30,0,1,Solved,-,-\n"
        "silence,Bolt,Bob,Chat,Bug,03/12/2024 10:00,-,-,0,-,New,-,-\n"
        "back,Bolt,Bob,Chat,Bug,04/01/2024 09:00,04/01/2024 09:20,04/01/2024 10:00,1,1,Waiting for customer,2,Slow\n"
        "undated,Bolt,Bob,Chat,Bug,soon,-,-,0,-,New,-,-\n"
        "before,Cube,Bob,Chat,Bug,05/01/2024 10:00,05/01/2024 09:00,-,0,-,New,-,-\n"
    ),
    "reference/business_hours.csv": "weekday,opens_at,closes_at\n"
    + "".join(f"{weekday},09:00,18:00\n" for weekday in range(1, 6))
    + "6,nine,noon\n",
    "reference/holiday.csv": "holiday_on,name,opens_at,closes_at\n2024-07-04,Independence Day,,\n",
}


@pytest.fixture(scope="module")
def support(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("support")
    return refreshed(folder, write_exports(folder / "exports", MAPPING, FILES))


def test_business_minutes_know_the_change_of_the_clocks_and_the_holiday(support: Warehouse) -> None:
    found = {
        name: (minutes, business, band)
        for name, minutes, business, band in support.rows(
            "select request_id, response_minutes, response_business_minutes, response_band from service.fct_request"
        )
    }
    assert found == {
        # the clocks went forward on Sunday 10 March: an hour less than the 3 945 minutes of other weekends
        "weekend": (Decimal(3885), Decimal(165), "over 24 h"),
        # an hour on Wednesday, half an hour on Friday, nothing on the Fourth of July
        "holiday": (Decimal(2430), Decimal(90), "over 24 h"),
        "saturday": (Decimal(1500), Decimal(0), "over 24 h"),
        "silence": (None, None, "never"),
        "back": (Decimal(20), Decimal(20), "within 1 h"),
        "before": (None, None, "never"),
    }


def test_silence_and_young_requests_count_as_they_should(support: Warehouse) -> None:
    assert support.one(
        "select requests_count, answered_count, unanswered_count, response_before_request_count, mature_requests_count,"
        " within_1h_count, within_24h_count, within_1h_business_count, within_1h_rate"
        " from service.kpi_response_time where period_kind = 'all' and scope_kind = 'all'"
    ) == (6, 4, 2, 1, 5, 1, 1, 2, 0.2)
    assert support.one(
        "select requests_count, unanswered_count, response_mean_minutes from service.kpi_response_time"
        " where period_kind = 'all' and scope_kind = 'rep' and scope_id = 'Bob'"
    ) == (4, 2, 760)


def test_the_log_tells_first_contact_resolution_and_satisfaction(support: Warehouse) -> None:
    assert support.one(
        "select contacts_known_count, first_contact_resolved_count, satisfaction_answers_count, satisfaction_mean,"
        " satisfied_count, low_score_count, top_low_score_reasons, surveys_sent_count, survey_response_rate"
        " from service.kpi_service_quality where period_kind = 'all' and scope_kind = 'all'"
    ) == (5, 2, 3, pytest.approx(11 / 3), 2, 1, "Slow (1)", 0, None)


def test_what_cannot_be_read_is_told_and_agents_nobody_lists_are_reps(support: Warehouse) -> None:
    rejected = support.rows('select object, "column", reason from quality.rejected_rows order by object')
    assert rejected == [
        ("business_hours", "opens_at", '"nine" is no time'),
        ("request", "requested_at", '"soon" is no timestamp'),
    ]
    assert support.rows("select rep_id, is_listed from sales.dim_rep order by 1") == [
        ("Ann", False),
        ("Bob", False),
    ]


def test_without_quotes_calls_and_surveys_their_figures_are_empty_and_not_broken(support: Warehouse) -> None:
    assert support.one("select count(*) from service.fct_quote") == (0,)
    assert support.one(
        "select quotes_requested_count, first_quote_p50_minutes, value_added_call_rate, nps_ratio"
        " from service.kpi_service_quality where period_kind = 'all' and scope_kind = 'all'"
    ) == (0, None, None, None)
    assert support.rows("select response_band, n from service.kpi_response_lift order by band_order") == [
        ("within 1 h", 0),
        ("1-24 h", 0),
        ("over 24 h", 0),
        ("never", 0),
    ]
