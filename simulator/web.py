"""Visits to the website, page by page, and what visitors did there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.leads import Leads
from simulator.marketing import AdDays, AdPlan
from simulator.settings import SimulationSettings
from simulator.timeline import (
    CUSTOMER_HOURS,
    HOUR_MS,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
)

VISITORS_IN_SAMPLE = 1_050
# Most people who fill in a form cannot be followed: they refuse, or come back on another device.
FOLLOWED_LEADS = 0.28
RETURNS = 0.42
SAME_DAY = 0.2
WITHOUT_CONSENT = 0.04
EXPORTED_TWICE = 0.012

# How a visit came: utm source and medium, channel, share of the visits without a lead, whether the
# tags are missing and a click id tells, and whether it came from an ad.
ORIGINS = (
    ("google", "cpc", "Paid Search", 0.16, False, True),
    (None, None, "Paid Search", 0.05, True, True),
    ("facebook", "paid_social", "Paid Social", 0.14, False, True),
    ("newsletter", "email", "Email", 0.12, False, False),
    ("google", "organic", "Organic Search", 0.24, False, False),
    ("linkedin", "social", "Organic Social", 0.06, False, False),
    ("partnerblog", "referral", "Referral", 0.05, False, False),
    ("(direct)", "(none)", "Direct", 0.08, False, False),
    (None, None, "Direct", 0.06, False, False),
    ("chatbot", "answer", "Unknown", 0.04, False, False),
)
CHANNELS = tuple(dict.fromkeys(origin[2] for origin in ORIGINS))
ORIGIN_CHANNEL = np.array([CHANNELS.index(origin[2]) for origin in ORIGINS])
FROM_AD = np.array([origin[5] for origin in ORIGINS])
UNKNOWN = CHANNELS.index("Unknown")
# The origin of the visit in which a lead was created, by the channel of the lead.
LEAD_ORIGIN = {"Paid Search": 0, "Display": 0, "Paid Social": 2, "Email": 3, "Organic Search": 4}
OTHER_LEAD_ORIGIN = 8

PAGES = ("/", "/pricing", "/product", "/blog/guide", "/contact")
LANDING_SHARES = (0.34, 0.2, 0.22, 0.16, 0.08)
CONTACT = PAGES.index("/contact")
# How the address of a page is written: plain, with a closing slash, with tags, with a mark.
ADDRESS_STYLES = 4

PAGE_VIEW = 0
# Event, the action that it is (None: just a visit), and how many visits without a lead have it.
EVENTS = (
    ("page_view", None, 0.0),
    ("session_start", None, 0.0),
    ("purchase", "purchase", 0.02),
    ("sign_up", "sign_up", 0.06),
    ("follow", "follow", 0.03),
    ("file_download", "download", 0.09),
    ("generate_lead", "lead", 0.0),
    ("scroll", None, 0.06),
)
SESSION_START = 1
GENERATE_LEAD = 6
ACTIONS = tuple(dict.fromkeys(action for _, action, _ in EVENTS if action))
EVENT_ACTION = np.array([ACTIONS.index(action) if action else -1 for _, action, _ in EVENTS])


@dataclass(frozen=True)
class WebEvents:
    """One value for each event, visit by visit in the order of time.

    visit_*: one value for each visit; visit_visitor is -1 where nobody consented to be known.
    visit: visit of each event; at: UTC milliseconds; event: index into `EVENTS`; page: index into
    `PAGES`; is_first: whether its visit begins with it; copies: how often it is exported.
    """

    visit_visitor: IntArray
    visit_origin: IntArray
    visit_landing: IntArray
    visit_campaign: IntArray
    visit_device: IntArray
    visit: IntArray
    at: IntArray
    event: IntArray
    page: IntArray
    is_first: NDArray[np.bool_]
    style: IntArray
    copies: IntArray

    def __len__(self) -> int:
        return len(self.visit)

    @property
    def visitor(self) -> IntArray:
        return self.visit_visitor[self.visit]


def draw_web_events(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    leads: Leads,
    plan: AdPlan,
    ad_days: AdDays,
) -> WebEvents:
    """Visits of people who left their address and of many who did not."""
    lead = np.flatnonzero(
        ~leads.is_deleted
        & np.isin(leads.source, channels.FORM_SOURCES)
        & (rng.random(len(leads)) < FOLLOWED_LEADS)
    )
    strangers = settings.count(VISITORS_IN_SAMPLE, minimum=6)
    visitors = len(lead) + strangers
    lead_visit_at = leads.created_at[lead] // 1000 * 1000 - rng.integers(60, 900, len(lead)) * 1000
    stranger_at = local_midnight(timeline.draw_days(rng, strangers))
    stranger_at = stranger_at + draw_time_of_day(rng, CUSTOMER_HOURS, strangers)
    first_at = np.concatenate((lead_visit_at, stranger_at))

    # Further visits: some on the same day through another door, others weeks before or after.
    again = np.repeat(np.arange(visitors), rng.binomial(3, RETURNS / 2, visitors))
    same_day = rng.random(len(again)) < SAME_DAY
    day = local_day(first_at[again]) + np.where(same_day, 0, rng.integers(-25, 40, len(again)))
    again_at = local_midnight(day) + draw_time_of_day(rng, CUSTOMER_HOURS, len(again))

    visitor = np.concatenate((np.arange(visitors), again))
    begin = np.concatenate((first_at, again_at))
    count = len(visitor)
    shares = np.cumsum([origin[3] for origin in ORIGINS])
    origin = np.searchsorted(shares / shares[-1], rng.random(count), side="right")
    origin[: len(lead)] = _lead_origins(leads, lead)
    landing = np.searchsorted(np.cumsum(LANDING_SHARES), rng.random(count), side="right").clip(
        0, len(PAGES) - 1
    )
    campaign = np.where(FROM_AD[origin], _live_campaigns(rng, plan, ad_days, count), -1)
    device = rng.integers(0, 3, count)
    unknown = rng.random(count) < WITHOUT_CONSENT
    unknown[: len(lead)] = False
    is_lead_visit = np.arange(count) < len(lead)
    done = rng.random((count, len(EVENTS))) < np.array([share for _, _, share in EVENTS])
    done[is_lead_visit] = False
    done[is_lead_visit, GENERATE_LEAD] = True
    started = rng.random(count) < 0.12

    kept = np.flatnonzero((begin >= timeline.start_at) & (begin < timeline.end_at - HOUR_MS))
    kept = kept[np.argsort(begin[kept], kind="stable")]
    return _events(
        rng,
        np.where(unknown, -1, visitor)[kept],
        origin[kept],
        landing[kept],
        campaign[kept],
        device[kept],
        begin[kept],
        done[kept],
        started[kept],
    )


def _lead_origins(leads: Leads, lead: IntArray) -> IntArray:
    """The door through which the visit came that made each lead."""
    by_source = [LEAD_ORIGIN.get(source.channel or "", OTHER_LEAD_ORIGIN) for source in channels.SOURCES]
    return np.array(by_source)[leads.source[lead]]


def _live_campaigns(rng: np.random.Generator, plan: AdPlan, ad_days: AdDays, count: int) -> IntArray:
    """A campaign for each visit from an ad, in proportion to what was shown."""
    if not len(ad_days.ad):
        return np.full(count, -1)
    return plan.ad_campaign[ad_days.ad[rng.integers(0, len(ad_days.ad), count)]]


def _events(
    rng: np.random.Generator,
    visitor: IntArray,
    origin: IntArray,
    landing: IntArray,
    campaign: IntArray,
    device: IntArray,
    begin: IntArray,
    done: NDArray[np.bool_],
    started: NDArray[np.bool_],
) -> WebEvents:
    """The events of each visit: a start without a page for some, its pages, then what was done."""
    count = len(visitor)
    views = 1 + rng.binomial(2, 0.3, count)
    # A visit without consent is a single ping.
    views[visitor < 0] = 1
    started = started & (visitor >= 0)
    acted, action = np.nonzero(done)
    visit = np.concatenate((np.flatnonzero(started), np.repeat(np.arange(count), views), acted))
    event = np.concatenate(
        (
            np.full(started.sum(), SESSION_START),
            np.full(views.sum(), PAGE_VIEW),
            action,
        )
    )
    rank = np.concatenate(
        (np.zeros(started.sum(), dtype=np.int64), np.full(views.sum(), 1), np.full(len(acted), 2))
    )
    order = np.lexsort((np.arange(len(visit)), rank, visit))
    visit, event = visit[order], event[order]
    is_first = np.ones(len(visit), dtype=bool)
    is_first[1:] = visit[1:] != visit[:-1]
    gap = np.where(is_first, 0, rng.integers(2, 400, len(visit)) * 1000)
    total = np.cumsum(gap)
    start = np.flatnonzero(is_first)
    at = begin[visit] + total - total[start][visit]
    first_view = event == PAGE_VIEW
    first_view[first_view] = _first_of(visit[first_view])
    page = rng.integers(0, len(PAGES), len(visit))
    page = np.where(first_view, landing[visit], np.where(event == GENERATE_LEAD, CONTACT, page))
    copies = 1 + (rng.random(len(visit)) < EXPORTED_TWICE)
    return WebEvents(
        visitor,
        origin,
        landing,
        campaign,
        device,
        visit,
        at,
        event,
        np.where(event == SESSION_START, -1, page),
        is_first,
        rng.integers(0, ADDRESS_STYLES, len(visit)),
        copies,
    )


def _first_of(key: IntArray) -> NDArray[np.bool_]:
    """True where a sorted key occurs for the first time."""
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    return first


def visit_day(web: WebEvents) -> IntArray:
    """Local day of each event."""
    return local_day(web.at)
