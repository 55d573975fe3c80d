"""Conversion rates, frequencies and engagement: the tables against the simulator's own counts."""

from __future__ import annotations

from tests.warehouse.truth_comparison import PERIOD, Company, Comparison


def test_visitors_and_converters_of_every_window_channel_page_and_action_are_the_true_ones(
    company: Company,
) -> None:
    comparison = Comparison()
    table = company.table(
        """
        select channel, landing_page,
               case period_kind when 'all' then 'all' else
                   period_kind || ' ' || cast(coalesce(date_on, period_month) as varchar) end,
               action, visitors_count, converters_count, conversion_rate, unidentified_actions_count
        from marketing.kpi_conversion_rate
        -- the total of a month without any visit keeps its row; the truth has none
        where visitors_count > 0 or unidentified_actions_count > 0 or channel <> 'all' or period_kind = 'day'""",
        keys=4,
    )
    expected = {
        (channel, page, window, action): {"visitors_count": truth["visitors_count"], **told}
        for channel, pages in company.truth["web_conversions"].items()
        for page, windows in pages.items()
        for window, truth in windows.items()
        for action, told in truth["actions"].items()
    }
    keys = "visitors_count converters_count conversion_rate unidentified_actions_count"
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (None,) * 4), truth, keys)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=50_000)


def test_every_month_has_its_total_of_every_action(company: Company) -> None:
    months = company.truth["settings"]["months"]
    found = company.table(
        "select action, count(*) from marketing.kpi_conversion_rate"
        " where channel = 'all' and landing_page = 'all' and period_kind <> 'day' group by action",
        keys=1,
    )
    assert found == {
        (action,): (months + 1,) for action in ("purchase", "sign_up", "follow", "download", "lead")
    }


def test_frequency_and_status_of_every_campaign_and_week_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        """
        select platform, campaign_id, cast(period_week as varchar),
               impressions, reach, frequency_ratio, conversions, frequency_band, status, is_complete
        from marketing.kpi_ad_frequency""",
        keys=3,
    )
    expected = {
        (platform, campaign, week): truth
        for platform, campaigns in company.truth["ad_frequency"].items()
        for campaign, weeks in campaigns.items()
        for week, truth in weeks.items()
    }
    words = {}
    for key, truth in expected.items():
        found = table.get(key, (None,) * 7)
        comparison.each(key, found[:4], truth, "impressions reach frequency conversions")
        words[key] = found[4:]
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=1000)
    assert words == {
        key: (truth["band"], truth["status"], truth["is_complete"]) for key, truth in expected.items()
    }
    assert {status for _, status, _ in words.values()} == {"too_often", "right", "too_seldom", "unknown"}


def test_weeks_of_campaigns_by_band_and_status_add_up_to_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select platform, frequency_band, {PERIOD}, campaign_weeks_count, too_often_count, right_count,
               too_seldom_count, unknown_count, impressions, conversions
        from marketing.kpi_ad_frequency_band where campaign_weeks_count > 0""",
        keys=3,
    )
    keys = "campaign_weeks_count too_often right too_seldom unknown impressions conversions"
    expected: dict[tuple[str, str, str], dict[str, float]] = {}
    for platform, campaigns in company.truth["ad_frequency"].items():
        for weeks in campaigns.values():
            for week, truth in weeks.items():
                for key in (
                    (of_platform, band, period)
                    for of_platform in (platform, "all")
                    for band in (truth["band"], "all")
                    for period in (f"{week[:7]}-01", "all")
                ):
                    sums = expected.setdefault(key, dict.fromkeys(keys.split(), 0))
                    sums["campaign_weeks_count"] += 1
                    sums[truth["status"]] += 1
                    sums["impressions"] += truth["impressions"]
                    sums["conversions"] += float(truth["conversions"])
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (None,) * 7), truth, keys)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=500)


def test_engagement_of_every_channel_and_campaign_is_the_true_one(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select channel, campaign_id, {PERIOD}, engagements_count, deliveries_count, engagement_rate,
               messages_count, clicks_count, opens_count, replies_count, unsubscribes_count
        from marketing.kpi_engagement""",
        keys=3,
    )
    keys = (
        "engagements_count deliveries_count engagement_rate messages_count clicks_count opens_count"
        " replies_count unsubscribes_count"
    )
    expected = {
        (channel, campaign, period): truth
        for channel, campaigns in company.truth["engagement"].items()
        for campaign, periods in campaigns.items()
        for period, truth in periods.items()
    }
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (None,) * 8), truth, keys)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=1500)


def test_every_rate_of_an_audience_lies_between_its_bounds(company: Company) -> None:
    for table, rates in {
        "kpi_conversion_rate": ["conversion"],
        "kpi_engagement": ["engagement", "click", "open", "reply", "unsubscribe"],
        "kpi_ad_frequency_band": ["too_often", "right", "too_seldom"],
    }.items():
        for rate in rates:
            outside = company.one(
                f"select count(*) from marketing.{table} where not ({rate}_rate between 0 and 1"
                f" and {rate}_rate_low <= {rate}_rate + 1e-12 and {rate}_rate <= {rate}_rate_high + 1e-12)"
            )
            assert outside == (0,), (table, rate)
