"""Ad platforms and CRM campaigns: what was shown, clicked and paid for, and when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.money import EUR, USD
from simulator.settings import SimulationSettings
from simulator.timeline import IntArray, Timeline

GOOGLE, META = 0, 1
PLATFORMS = ("google_ads", "meta_ads")
PLATFORM_CURRENCY = (EUR, USD)
CAMPAIGNS_IN_SAMPLE = (6, 4)
CHANNEL_TYPES = ("SEARCH", "DISPLAY")
# Every sixth Google campaign shows banners.
DISPLAY_EVERY = 6
# The number within the platform, modulo six or four, of the campaign that never converts.
BARREN_CAMPAIGN = (4, 2)
BARREN_CAMPAIGN_EVERY = (6, 4)
BARREN_AD_SHARE = 0.12
CAMPAIGN_ID = (20_100_000_003, 120_210_000_000_017)
CAMPAIGN_ID_STEP = (7_919, 10_000_019)
GROUP_ID = (150_000_000_019, 120_220_000_000_031)
AD_ID = (680_000_000_011, 120_230_000_000_003)
COST_PER_CLICK = ((1.9, 0.7), (1.1, 1.1))
CLICK_RATE = ((0.045, 0.006), (0.011, 0.011))
DAILY_SPEND = ((34.0, 16.0), (22.0, 22.0))
THEMES = ("Brand", "Retargeting", "Competitor", "Product", "Awareness", "Seasonal")


@dataclass(frozen=True)
class AdPlan:
    """Campaigns, ad groups and ads of both platforms, numbered through.

    campaign_*: one value for each campaign; group_campaign: campaign of each ad group;
    ad_group: ad group of each ad; attraction: relative leads for each click of an ad, 0 = never.
    Ids are the platforms' own numbers.
    """

    campaign_platform: IntArray
    campaign_rank: IntArray
    campaign_id: IntArray
    campaign_is_display: NDArray[np.bool_]
    campaign_first_day: IntArray
    campaign_end_day: IntArray
    group_campaign: IntArray
    group_id: IntArray
    ad_group: IntArray
    ad_id: IntArray
    attraction: NDArray[np.float64]

    @property
    def ad_campaign(self) -> IntArray:
        return self.group_campaign[self.ad_group]

    @property
    def ad_platform(self) -> IntArray:
        return self.campaign_platform[self.ad_campaign]

    @property
    def ad_is_display(self) -> NDArray[np.bool_]:
        return self.campaign_is_display[self.ad_campaign]


@dataclass(frozen=True)
class AdDays:
    """One value for each ad and day on which it was live, ordered by day and ad.

    spend: cents in the platform account's currency.
    """

    ad: IntArray
    day: IntArray
    impressions: IntArray
    reach: IntArray
    clicks: IntArray
    link_clicks: IntArray
    spend: IntArray


@dataclass(frozen=True)
class AdConversions:
    """What the platform itself claims for each row of `AdDays`.

    conversions: hundredths of a conversion (Google) or purchases x 100 (Meta);
    lead_actions: leads that Meta reports; value: cents in the account's currency.
    """

    conversions: IntArray
    lead_actions: IntArray
    value: IntArray


def draw_ad_plan(rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline) -> AdPlan:
    """Campaigns with two or three ad groups each, and these with two or three ads each."""
    counts = [max(in_sample, round(in_sample * settings.scale)) for in_sample in CAMPAIGNS_IN_SAMPLE]
    platform = np.repeat([GOOGLE, META], counts)
    rank = np.concatenate([np.arange(count) for count in counts])
    total = len(platform)
    length = np.maximum(1, timeline.days * rng.integers(45, 101, total) // 100)
    first = timeline.first_day + ((timeline.days - length) * rng.random(total)).astype(np.int64)
    groups = rng.integers(2, 4, total)
    group_campaign = np.repeat(np.arange(total), groups)
    ads = rng.integers(2, 4, len(group_campaign))
    ad_group = np.repeat(np.arange(len(group_campaign)), ads)
    ad_campaign = group_campaign[ad_group]
    attraction = rng.gamma(2.0, 0.5, len(ad_group)) + 0.1
    attraction[rng.random(len(ad_group)) < BARREN_AD_SHARE] = 0.0
    barren = rank % np.array(BARREN_CAMPAIGN_EVERY)[platform] == np.array(BARREN_CAMPAIGN)[platform]
    attraction[barren[ad_campaign]] = 0.0
    return AdPlan(
        platform,
        rank,
        np.array(CAMPAIGN_ID)[platform] + rank * np.array(CAMPAIGN_ID_STEP)[platform],
        (platform == GOOGLE) & (rank % DISPLAY_EVERY == 1),
        first,
        first + length,
        group_campaign,
        np.array(GROUP_ID)[platform[group_campaign]] + np.arange(len(group_campaign)) * 10_007,
        ad_group,
        np.array(AD_ID)[platform[ad_campaign]] + np.arange(len(ad_group)) * 100_003,
        attraction,
    )


def draw_ad_days(rng: np.random.Generator, plan: AdPlan, timeline: Timeline) -> AdDays:
    """Each ad runs in one or two bursts of a few weeks within its campaign's time."""
    ads = len(plan.ad_id)
    campaign = plan.ad_campaign
    begin, end = plan.campaign_first_day[campaign], plan.campaign_end_day[campaign]
    bursts = [
        _burst(rng, begin, end, rng.integers(14, 29, ads)),
        _burst(rng, begin, end, np.where(rng.random(ads) < 0.35, rng.integers(8, 19, ads), 0)),
    ]
    key = np.unique(np.concatenate([day * ads + ad for ad, day in bursts]))
    ad, day = key % ads, key // ads
    kind = plan.ad_is_display[ad].astype(np.int64)
    platform = plan.ad_platform[ad]
    mean = np.array(DAILY_SPEND)[platform, kind]
    money = mean * rng.lognormal(-0.08, 0.4, len(ad)) * np.where((day + 3) % 7 < 5, 1.0, 0.6)
    spend = np.rint(money * 100).astype(np.int64)
    clicks = rng.poisson(money / np.array(COST_PER_CLICK)[platform, kind])
    click_rate = np.array(CLICK_RATE)[platform, kind]
    impressions = clicks + rng.poisson((clicks + 1) / click_rate)
    reach = np.rint(impressions * rng.uniform(0.55, 0.9, len(ad))).astype(np.int64)
    link_clicks = rng.binomial(clicks, 0.85)
    return AdDays(ad, day, impressions, reach, clicks, link_clicks, spend)


def _burst(
    rng: np.random.Generator, begin: IntArray, end: IntArray, length: IntArray
) -> tuple[IntArray, IntArray]:
    """(ad, day) of one burst of `length` days for each ad, at a random place in its time."""
    length = np.minimum(length, end - begin)
    first = begin + ((end - begin - length + 1) * rng.random(len(begin))).astype(np.int64)
    ad = np.repeat(np.arange(len(begin)), length)
    step = np.arange(len(ad)) - np.repeat(np.cumsum(length) - length, length)
    return ad, first[ad] + step


def draw_ad_conversions(
    rng: np.random.Generator, plan: AdPlan, days: AdDays, leads: IntArray
) -> AdConversions:
    """The platforms' claims: most leads of the ad and day, and some that the CRM never saw."""
    fertile = plan.attraction[days.ad] > 0
    seen = rng.binomial(leads, 0.85) + np.where(fertile, rng.poisson(0.01 * days.clicks), 0)
    is_google = plan.ad_platform[days.ad] == GOOGLE
    half = is_google & (seen > 0) & (rng.random(len(seen)) < 0.15)
    purchases = rng.binomial(seen, 0.3)
    conversions = np.where(is_google, seen * 100 - half * 50, purchases * 100)
    worth = rng.integers(8_000, 40_000, len(seen))
    return AdConversions(conversions, np.where(is_google, 0, seen), conversions * worth // 100)


# CRM campaigns beside the mirrors of ad campaigns: type, number in the sample, mean cost in euro.
CAMPAIGN_KINDS = (
    ("Webinar", 8, 1_200),
    ("Email", 9, 250),
    ("Event", 5, 9_000),
    ("Public Relations", 3, 2_500),
    ("Referral Program", 2, 1_500),
    ("Partner", 3, 1_800),
)
MIRROR_TYPES = ("Paid Search", "Display", "Paid Social")
CAMPAIGN_TYPES = tuple(name for name, _, _ in CAMPAIGN_KINDS) + MIRROR_TYPES
FIRST_MIRROR = len(CAMPAIGN_KINDS)


@dataclass(frozen=True)
class CrmCampaigns:
    """Campaigns in the CRM, ordered so that the mirrors of ad campaigns come first.

    kind: index into `CAMPAIGN_TYPES`; cost: euro cents; mirrors: number of mirrors.
    """

    kind: IntArray
    first_day: IntArray
    end_day: IntArray
    cost: IntArray
    mirrors: int

    def __len__(self) -> int:
        return len(self.kind)


def draw_crm_campaigns(
    rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline, plan: AdPlan
) -> CrmCampaigns:
    """One mirror for each ad campaign, then owned, earned and partner campaigns by start day."""
    counts = [settings.count(number, minimum=1) for _, number, _ in CAMPAIGN_KINDS]
    kind = np.repeat(np.arange(len(counts)), counts)
    first = timeline.first_day + rng.integers(0, timeline.days, len(kind))
    order = np.lexsort((kind, first))
    kind, first = kind[order], first[order]
    mean = np.array([cost for _, _, cost in CAMPAIGN_KINDS])[kind]
    cost = np.rint(mean * rng.uniform(0.6, 1.5, len(kind))).astype(np.int64) * 100
    mirror_kind = FIRST_MIRROR + np.where(
        plan.campaign_platform == META, 2, plan.campaign_is_display.astype(np.int64)
    )
    mirrors = len(mirror_kind)
    return CrmCampaigns(
        np.concatenate((mirror_kind, kind)),
        np.concatenate((plan.campaign_first_day, first)),
        np.concatenate((plan.campaign_end_day, np.minimum(first + 14, timeline.end_day))),
        np.concatenate((np.zeros(mirrors, dtype=np.int64), cost)),
        mirrors,
    )
