"""Whom campaigns reached: people by week, and e-mail campaigns by day of sending."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.marketing import CAMPAIGN_TYPES, META, AdDays, AdPlan, CrmCampaigns
from simulator.settings import SimulationSettings
from simulator.timeline import IntArray, Timeline

# How often a campaign shows itself to a person in a week, by its number.
USUAL_FREQUENCY = (1.35, 2.2, 2.9, 4.2)
NOT_EXPORTED = 0.06
WITHOUT_REACH = 0.03
MAILINGS_OF_CAMPAIGN = (1, 4)
LOOSE_MAILINGS_IN_SAMPLE = 6
AUTOMATION_DAYS = 40
WITHOUT_OPENS = 0.12
WITHOUT_DELIVERED = 0.08
NOT_TOLD = -1


@dataclass(frozen=True)
class WeeklyReach:
    """One value for each Meta campaign and week in which it was shown, by week and campaign.

    week: the Monday; reach: -1 where the export leaves it empty; is_exported: whether the platform
    tells the week at all.
    """

    campaign: IntArray
    week: IntArray
    impressions: IntArray
    reach: IntArray
    is_exported: NDArray[np.bool_]


@dataclass(frozen=True)
class Mailings:
    """One value for each e-mail campaign and day of sending.

    number: the e-mail campaign; campaign: CRM campaign or -1; -1 in `delivered` and `opened` where
    the tool does not tell. first_opened: what an earlier export said of the opens.
    """

    number: IntArray
    campaign: IntArray
    day: IntArray
    sent: IntArray
    delivered: IntArray
    opened: IntArray
    clicked: IntArray
    replied: IntArray
    unsubscribed: IntArray
    first_opened: IntArray
    is_exported_twice: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.number)


def monday_of(day: IntArray) -> IntArray:
    """The Monday of the week of local days; 1970-01-01 was a Thursday."""
    return day - (day + 3) % 7


def draw_weekly_reach(rng: np.random.Generator, plan: AdPlan, days: AdDays) -> WeeklyReach:
    """Impressions are those of the days; the same people see most campaigns more than once."""
    rows = np.flatnonzero(plan.ad_platform[days.ad] == META)
    campaigns = len(plan.campaign_id)
    key = monday_of(days.day[rows]) * campaigns + plan.ad_campaign[days.ad[rows]]
    present, place = np.unique(key, return_inverse=True)
    impressions = np.zeros(len(present), dtype=np.int64)
    np.add.at(impressions, place, days.impressions[rows])
    campaign = present % campaigns
    usual = np.array(USUAL_FREQUENCY)[plan.campaign_rank % len(USUAL_FREQUENCY)]
    frequency = np.maximum(1.0, usual[campaign] * np.exp(rng.normal(0.0, 0.25, len(present))))
    reach = np.maximum(1, np.floor(impressions / frequency)).astype(np.int64)
    reach = np.where(impressions == 0, 0, reach)
    reach[rng.random(len(present)) < WITHOUT_REACH] = NOT_TOLD
    is_exported = rng.random(len(present)) >= NOT_EXPORTED
    return WeeklyReach(campaign, present // campaigns, impressions, reach, is_exported)


def draw_mailings(
    rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline, campaigns: CrmCampaigns
) -> Mailings:
    """A few mailings for each e-mail campaign, some that belong to none, and one that goes out daily."""
    ours = np.flatnonzero(campaigns.kind == CAMPAIGN_TYPES.index("Email"))
    parts = rng.integers(*MAILINGS_OF_CAMPAIGN, len(ours))
    loose = settings.count(LOOSE_MAILINGS_IN_SAMPLE, minimum=1)
    automated = min(AUTOMATION_DAYS, timeline.days)
    campaign = np.concatenate((np.repeat(ours, parts), np.full(loose + automated, -1)))
    number = np.concatenate((np.arange(parts.sum() + loose), np.full(automated, parts.sum() + loose)))
    first = timeline.first_day + int((timeline.days - automated) * rng.random())
    day = np.concatenate(
        (
            np.repeat(campaigns.first_day[ours], parts) + rng.integers(0, 12, parts.sum()),
            timeline.first_day + rng.integers(0, timeline.days, loose),
            first + np.arange(automated),
        )
    )
    day = np.minimum(day, timeline.end_day - 1)
    is_daily = number == parts.sum() + loose
    count = len(day)
    sent = np.where(is_daily, rng.integers(0, 9, count), rng.integers(180, 2_400, count))
    delivered = rng.binomial(sent, 0.965)
    reads = rng.beta(6, 15, count)
    opened = rng.binomial(delivered, reads)
    clicked = rng.binomial(opened, rng.beta(3, 20, count))
    replied = rng.binomial(opened, 0.015)
    unsubscribed = rng.binomial(delivered, 0.004)
    # Whoever only lists what was sent had everything delivered.
    told = rng.random(count) >= WITHOUT_DELIVERED
    first_opened = rng.binomial(opened, 0.7)
    is_exported_twice = rng.random(count) < 0.1
    is_exported_twice[:2] = True
    return Mailings(
        number,
        campaign,
        day,
        np.where(told, sent, delivered),
        np.where(told, delivered, NOT_TOLD),
        np.where(rng.random(count) < WITHOUT_OPENS, NOT_TOLD, opened),
        clicked,
        replied,
        unsubscribed,
        first_opened,
        is_exported_twice,
    )
