"""Visits, mailings and reach: what their exports show, and that their truth agrees with plain SQL over them."""

from __future__ import annotations

import duckdb
import pytest

from simulator import Company
from simulator.truth_audience import _band, _status

# Queries that must find something

PHENOMENA = {
    "an event that is exported twice": "select count(*) - count(distinct event) from event",
    "a visit that begins without a page": """
        select count(*) from (select min_by(page_location is null, event_timestamp) as is_blank from event
        where ga_session_id is not null group by user_pseudo_id, ga_session_id) where is_blank""",
    "a visitor who came through two doors on one day": """
        select count(*) from (select user_pseudo_id from event where source is not null
        group by user_pseudo_id, event_date having count(distinct source) > 1)""",
    "a visitor who did not consent, and acted": """
        select count(*) from event where user_pseudo_id is null and event_name = 'sign_up'""",
    "a visit across midnight": """
        select count(*) from (select 1 from event where ga_session_id is not null
        group by user_pseudo_id, ga_session_id having count(distinct event_date) > 1)""",
    "a click id without tags": "select count(*) from event where gclid is not null and source is null",
    "a week of a campaign without reach": """
        select count(*) from generic_ad_reach_weekly where reach is null and impressions::int > 0""",
    "a week of a campaign that is not exported": """
        select count(*) from (select campaign_id, date_trunc('week', date_start::date)::date::varchar as week
        from meta group by all) where (campaign_id, week) not in (
        select (campaign_id, week_on) from generic_ad_reach_weekly)""",
    "a mailing without opens, and one without deliveries": """
        select count(*) filter (opened is null) * count(*) filter (delivered is null)
        from generic_email_campaign""",
    "a mailing whose opens were fewer in an earlier export": """
        select count(*) from (select 1 from generic_email_campaign group by email_campaign_id, date_on
        having count(*) = 2 and max_by(opened::int, updated_at) > min_by(opened::int, updated_at))""",
}  # fmt: skip

# Queries that must find nothing

RULES = {
    "every visit begins with the time that its session is numbered by": """
        select count(*) from (select min(event_timestamp) as began, ga_session_id from event
        where ga_session_id is not null group by user_pseudo_id, ga_session_id)
        where left(began, 10) <> ga_session_id""",
    "no visit lies outside of the simulated time": """
        select count(*) from event where event_timestamp >= '1735678800000000' or event_date not between '20230101' and '20241231'""",
    "weeks of reach begin on Mondays and show what the days show": """
        select count(*) from generic_ad_reach_weekly as w left join (
        select campaign_id, date_trunc('week', date_start::date)::date::varchar as week, sum(impressions::int) as shown
        from meta group by all) as d on d.campaign_id = w.campaign_id and d.week = w.week_on
        where shown is distinct from w.impressions::int or w.reach::int > w.impressions::int""",
    "nobody does more with a mailing than it reached": """
        select count(*) from generic_email_campaign where greatest(opened::int, clicked::int, replied::int,
        unsubscribed::int) > coalesce(delivered, sent)::int""",
    "mailings name campaigns of the CRM": """
        select count(*) from generic_email_campaign where campaign_id not in (select Id from campaign)""",
}  # fmt: skip


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_the_sample_company_shows(database: duckdb.DuckDBPyConnection, phenomenon: str) -> None:
    assert database.execute(PHENOMENA[phenomenon]).fetchone()[0] > 0


@pytest.mark.parametrize("rule", RULES)
def test_the_exports_keep_the_rule_that(database: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert database.execute(RULES[rule]).fetchone()[0] == 0


def test_visitors_and_sign_ups_of_each_channel_and_month(
    company: Company, database: duckdb.DuckDBPyConnection
) -> None:
    query = """
        with events as (
            select distinct user_pseudo_id as visitor, ga_session_id as session, event_name,
                   event_timestamp::bigint as micros, event_date, source, medium, gclid
            from event where user_pseudo_id is not null),
        doors as (
            select visitor, session, min_by(coalesce(source, 'google'), micros) as source,
                   min_by(coalesce(medium, 'cpc'), micros) as medium
            from events where source is not null or gclid is not null group by all),
        visits as (
            select e.*, (select min_by(channel, priority::int) from channel_map as m where m.lead_source is null
                and coalesce(m.utm_source = coalesce(d.source, '(direct)'), true)
                and coalesce(m.utm_medium = d.medium, m.utm_medium is null)) as channel
            from events as e left join doors as d using (visitor, session))
        select coalesce(channel, 'Unknown'), date_trunc('month', strptime(event_date, '%Y%m%d'))::date::varchar,
               count(distinct visitor), count(distinct visitor) filter (event_name = 'sign_up')
        from visits group by all"""
    truth = company.truth["web_conversions"]
    found = database.execute(query).fetchall()
    for channel, month, visitors, converters in found:
        told = truth[channel]["all"][f"month {month}"]
        assert told["visitors_count"] == visitors
        assert told["actions"]["sign_up"]["converters_count"] == converters
    assert len(found) > 150


def test_months_are_no_sums_of_days(company: Company) -> None:
    windows = company.truth["web_conversions"]["all"]["all"]
    days = sum(told["visitors_count"] for window, told in windows.items() if window.startswith("day"))
    months = sum(told["visitors_count"] for window, told in windows.items() if window.startswith("month"))
    assert days > months > windows["all"]["visitors_count"]


@pytest.mark.parametrize(
    ("frequency", "band", "status"),
    [(1.49, "under 2", "too_seldom"), (1.5, "under 2", "right"), (2.0, "2 to under 3", "right"),
     (3.5, "3 to under 4", "right"), (3.51, "3 to under 4", "too_often"), (6.0, "6 and more", "too_often"),
     (None, "unknown", "unknown")],
)  # fmt: skip
def test_a_frequency_is_right_between_its_thresholds(frequency: float | None, band: str, status: str) -> None:
    assert (_band(frequency), _status(frequency, "meta_ads", "Paid Social")) == (band, status)
