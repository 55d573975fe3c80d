"""Truth about audiences: who converted on the website, how often ads were shown, and who engaged."""

from __future__ import annotations

from typing import Any

import numpy as np

from simulator.audience import NOT_TOLD, monday_of
from simulator.columns import RecordId
from simulator.company import CompanyParts
from simulator.counting import ALL, Cells, quotient
from simulator.exports_people import CAMPAIGN
from simulator.exports_reference import FREQUENCY_THRESHOLDS
from simulator.marketing import PLATFORMS
from simulator.rendering import render
from simulator.timeline import IntArray, Timeline, local_day, month_text
from simulator.web import ACTIONS, CHANNELS, EVENT_ACTION, ORIGIN_CHANNEL, PAGES, UNKNOWN

BAND_EDGES = (2, 3, 4, 6)
MAILING_CHANNEL = "Email"


def count_web_conversions(company: CompanyParts) -> dict[str, Any]:
    """channel -> landing page -> window -> visitors, and by action who took it; 'all' included.

    A window is `day 2024-03-01`, `month 2024-03-01` or 'all'; a visitor counts once in each.
    Visitors without consent are a visit of their own with each record, and counted as actions only.
    """
    web, timeline = company.web, company.timeline
    visitor, is_known = web.visitor, web.visitor >= 0
    day = local_day(web.at) - timeline.first_day
    month = timeline.days + timeline.month_index(local_day(web.at))
    channel = np.where(is_known, ORIGIN_CHANNEL[web.visit_origin[web.visit]], UNKNOWN)
    page = np.where(is_known, web.visit_landing[web.visit], web.page)
    action = EVENT_ACTION[web.event]

    windows = timeline.days + timeline.months + 1
    shape = windows, len(CHANNELS) + 1, len(PAGES) + 1
    seen = np.zeros(shape, dtype=np.int64)
    visitors = np.zeros(shape, dtype=np.int64)
    converters = np.zeros((len(ACTIONS), *shape), dtype=np.int64)
    unidentified = np.zeros((len(ACTIONS), *shape), dtype=np.int64)
    anywhere = np.full(len(web), len(CHANNELS)), np.full(len(web), len(PAGES))
    for window in (day, month, np.full(len(web), windows - 1)):
        for by_channel in (channel, anywhere[0]):
            for by_page in (page, anywhere[1]):
                cell = np.ravel_multi_index((window, by_channel, by_page), shape)
                np.add.at(seen.reshape(-1), cell, 1)
                _add_people(visitors, cell[is_known], visitor[is_known])
                for number in range(len(ACTIONS)):
                    took = action == number
                    _add_people(converters[number], cell[took & is_known], visitor[took & is_known])
                    np.add.at(unidentified[number].reshape(-1), cell[took & ~is_known], 1)

    names = _window_names(timeline)
    result: dict[str, Any] = {}
    for place in zip(*np.nonzero(seen), strict=True):
        window, by_channel, by_page = place
        pages = result.setdefault([*CHANNELS, ALL][by_channel], {})
        pages.setdefault([*PAGES, ALL][by_page], {})[names[window]] = {
            "visitors_count": int(visitors[place]),
            "actions": {
                name: {
                    "converters_count": int(converters[number][place]),
                    "conversion_rate": quotient(converters[number][place], visitors[place]),
                    "unidentified_actions_count": int(unidentified[number][place]),
                }
                for number, name in enumerate(ACTIONS)
            },
        }
    return result


def _add_people(grid: np.ndarray, cell: IntArray, person: IntArray) -> None:
    """Counts each person once in each cell."""
    pairs = np.unique(np.stack((cell, person)), axis=1)
    np.add.at(grid.reshape(-1), pairs[0], 1)


def _window_names(timeline: Timeline) -> list[str]:
    days = np.arange(timeline.first_day, timeline.end_day).astype("datetime64[D]")
    months = [month_text(timeline.first_month + number) for number in range(timeline.months)]
    return [f"day {day}" for day in days] + [f"month {month}" for month in months] + [ALL]


def ad_channel(company: CompanyParts) -> list[str]:
    """Channel of each ad campaign."""
    plan = company.plan
    kind = np.where(plan.campaign_platform == 1, 2, plan.campaign_is_display.astype(int))
    return [("Paid Search", "Display", "Paid Social")[number] for number in kind]


def count_ad_frequency(company: CompanyParts) -> dict[str, Any]:
    """platform -> campaign -> Monday -> impressions, reach, frequency, band, status and conversions.

    Impressions and conversions are those of the week's days; weeks without reach, and the week that
    the simulated time cuts off, are unknown.
    """
    plan, days, weekly = company.plan, company.ad_days, company.weekly_reach
    campaigns = len(plan.campaign_id)
    key, place = np.unique(monday_of(days.day) * campaigns + plan.ad_campaign[days.ad], return_inverse=True)
    impressions = np.zeros(len(key), dtype=np.int64)
    np.add.at(impressions, place, days.impressions)
    conversions = np.zeros(len(key), dtype=np.int64)
    np.add.at(conversions, place, company.ad_conversions.conversions)
    reach = np.full(len(key), NOT_TOLD)
    told = weekly.is_exported
    reach[np.searchsorted(key, weekly.week[told] * campaigns + weekly.campaign[told])] = weekly.reach[told]

    channel = ad_channel(company)
    result: dict[str, Any] = {}
    for number, one in enumerate(key):
        week, campaign = divmod(int(one), campaigns)
        platform = PLATFORMS[plan.campaign_platform[campaign]]
        shown, people = int(impressions[number]), int(reach[number])
        is_complete = week + 7 <= company.timeline.end_day
        frequency = shown / people if people > 0 else None
        judged = frequency if is_complete else None
        weeks = result.setdefault(platform, {}).setdefault(str(plan.campaign_id[campaign]), {})
        weeks[str(np.datetime64(week, "D"))] = {
            "impressions": shown,
            "reach": None if people == NOT_TOLD else people,
            "frequency": frequency,
            "band": _band(judged),
            "status": _status(judged, platform, channel[campaign]),
            "conversions": quotient(conversions[number], 100),
            "is_complete": is_complete,
        }
    return result


def _band(frequency: float | None) -> str:
    if frequency is None:
        return "unknown"
    above = [edge for edge in BAND_EDGES if frequency >= edge]
    if not above:
        return f"under {BAND_EDGES[0]}"
    following = BAND_EDGES[len(above) :]
    return f"{above[-1]} to under {following[0]}" if following else f"{above[-1]} and more"


def _status(frequency: float | None, platform: str, channel: str) -> str:
    """By the first rule that matches platform and channel."""
    if frequency is None:
        return "unknown"
    for _, of_platform, of_channel, low, high in FREQUENCY_THRESHOLDS:
        if of_platform in (None, platform) and of_channel in (None, channel):
            if frequency > float(high):
                return "too_often"
            return "too_seldom" if frequency < float(low) else "right"
    return "unknown"


def count_engagement(company: CompanyParts) -> dict[str, Any]:
    """channel -> campaign -> period -> engagements, deliveries and what they are made of.

    'all' is there for both. A mailing without a campaign stands for itself. Whoever opened, clicked
    or replied is one person; messages whose delivery is not told were delivered.
    """
    plan, days, mailings, timeline = company.plan, company.ad_days, company.mailings, company.timeline
    ad_names = [str(number) for number in plan.campaign_id]
    own = render(RecordId(CAMPAIGN, mailings.campaign))
    mailing_names = [
        str(name) if number >= 0 else f"EM-{mailing + 1:04d}"
        for name, number, mailing in zip(own, mailings.campaign, mailings.number, strict=True)
    ]
    names = list(dict.fromkeys(ad_names + mailing_names))
    place = {name: number for number, name in enumerate(names)}
    campaign = np.concatenate(
        (plan.ad_campaign[days.ad], np.array([place[name] for name in mailing_names], dtype=np.int64))
    )
    month = timeline.month_index(np.concatenate((days.day, mailings.day)))
    delivered = np.where(mailings.delivered == NOT_TOLD, mailings.sent, mailings.delivered)
    opened = np.where(mailings.opened == NOT_TOLD, 0, mailings.opened)
    engaged = np.maximum(np.maximum(opened, mailings.clicked), mailings.replied)
    none = np.zeros(len(days.ad), dtype=np.int64)
    values = {
        "engagements_count": (days.clicks, engaged),
        "deliveries_count": (days.impressions, delivered),
        "messages_count": (none, delivered),
        "clicks_count": (days.clicks, mailings.clicked),
        "opens_count": (none, opened),
        "replies_count": (none, mailings.replied),
        "unsubscribes_count": (none, mailings.unsubscribed),
    }
    # The same sums once by campaign and once by channel.
    channels = sorted({*ad_channel(company), MAILING_CHANNEL})
    of_campaign = ad_channel(company) + [MAILING_CHANNEL] * (len(names) - len(ad_names))
    channel = np.array([channels.index(name) for name in of_campaign])[campaign]
    result: dict[str, Any] = {}
    for scopes, scope in ((names, campaign), (channels, channel)):
        cells = Cells.of(timeline, scopes)
        happened = cells.total(scope, month)
        sums = {key: cells.total(scope, month, np.concatenate(pair)) for key, pair in values.items()}
        for name, period, row, column in cells.names():
            is_campaign = scopes is names
            if is_campaign and (name == ALL or not happened[row, column]):
                continue
            told: dict[str, Any] = {key: int(grid[row, column]) for key, grid in sums.items()}
            told["engagement_rate"] = quotient(told["engagements_count"], told["deliveries_count"])
            key = of_campaign[row] if is_campaign else name
            result.setdefault(key, {}).setdefault(name if is_campaign else ALL, {})[period] = told
    return result
