"""Leads: who asked, through which source, and which of them became opportunities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.marketing import GOOGLE, AdDays, AdPlan
from simulator.names import EMAIL_STYLES, PHONE_STYLES, People, draw_countries, draw_people, join_people
from simulator.settings import SimulationSettings
from simulator.staff import Partners, Staff, assign_reps
from simulator.timeline import (
    CUSTOMER_HOURS,
    DAY_MS,
    HOUR_MS,
    NEVER,
    STAFF_HOURS,
    IntArray,
    Timeline,
    draw_time_of_day,
    local_day,
    local_midnight,
    starts_run,
)

LEADS_IN_SAMPLE = 2_280
EMAIL_MISSING = 0.08
PHONE_MISSING = 0.12
PHONE_INVALID = 0.03
EMAIL_DUPLICATES = 0.045
PHONE_DUPLICATES = 0.25  # of the leads with a phone number only
DELETED_IN_SAMPLE = 9
CLICK_ID_ONLY = 0.12
STATUSES = ("Open", "Working", "Nurturing", "Disqualified", "Converted")
OPEN, WORKING, NURTURING, DISQUALIFIED, CONVERTED = range(5)


@dataclass(frozen=True)
class Leads:
    """One value for each lead, by creation time (all times distinct).

    source: index into `channels.SOURCES`; ad: ad number or -1; partner: partner number or -1;
    owner: rep; created_at, converted_at: UTC, `NEVER` if not converted.
    email_style, phone_style: see `names`, -1 is none. duplicate_of: row of the surviving lead, -1
    for survivors. deal: row of the opportunity it became, -1 for none. click: seed of a click id.
    """

    people: People
    source: IntArray
    ad: IntArray
    ad_day: IntArray
    partner: IntArray
    owner: IntArray
    created_at: IntArray
    converted_at: IntArray
    status: IntArray
    email_style: IntArray
    phone_style: IntArray
    duplicate_of: IntArray
    is_deleted: NDArray[np.bool_]
    deal: IntArray
    click: IntArray

    def __len__(self) -> int:
        return len(self.source)

    @property
    def survivor(self) -> IntArray:
        """Row of the lead that survives de-duplication, itself for survivors."""
        return np.where(self.duplicate_of < 0, np.arange(len(self)), self.duplicate_of)

    @property
    def has_valid_phone(self) -> NDArray[np.bool_]:
        return (self.phone_style >= 0) & (self.phone_style < PHONE_STYLES)


def draw_leads(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    staff: Staff,
    partners: Partners,
    plan: AdPlan,
    ad_days: AdDays,
    first_number: int,
) -> Leads:
    """All leads: originals from ads and elsewhere, their duplicates, and who converts."""
    count = settings.count(LEADS_IN_SAMPLE, minimum=20)
    source, ad_day, day = _draw_sources(rng, count, timeline, plan, ad_days)
    created_at = local_midnight(day) + draw_time_of_day(rng, CUSTOMER_HOURS, count)
    people = draw_people(rng, first_number, draw_countries(rng, count))
    email_style = np.where(rng.random(count) < EMAIL_MISSING, -1, 0)
    phone_draw = rng.random(count)
    phone_style = rng.integers(0, PHONE_STYLES, count)
    phone_style[phone_draw < PHONE_MISSING + PHONE_INVALID] = PHONE_STYLES
    phone_style[phone_draw < PHONE_MISSING] = -1

    copied = _draw_duplicates(rng, email_style, phone_style)
    copy_at = created_at[copied] + (rng.random(len(copied)) ** 2 * 80 * DAY_MS).astype(np.int64) + HOUR_MS
    kept = copy_at < timeline.end_at
    copied, copy_at = copied[kept], copy_at[kept] // 1000 * 1000
    copies = len(copied)
    with_email = email_style[copied] >= 0
    copy_email = np.where(with_email, rng.integers(1, EMAIL_STYLES, copies), -1)
    copy_phone = np.where(with_email, -1, (phone_style[copied] + 1) % PHONE_STYLES)

    converted_at = _draw_conversions(rng, source, created_at, timeline)
    original = np.concatenate((np.full(count, -1), copied))
    created_at = _distinct(np.concatenate((created_at, copy_at)))
    order = np.argsort(created_at, kind="stable")
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))

    def arrange(first: IntArray, second: IntArray) -> IntArray:
        return np.concatenate((first, second))[order]

    source = arrange(source, _draw_free_sources(rng, copies))
    created_at = created_at[order]
    original = original[order]
    converted_at = arrange(converted_at, np.full(copies, NEVER))
    converted = converted_at != NEVER
    status = rng.choice(4, len(order), p=[0.25, 0.3, 0.2, 0.25])
    status[converted] = CONVERTED
    deal = np.full(len(order), -1)
    deal[converted] = np.arange(converted.sum())
    partner = np.where(source == channels.PARTNER_SOURCE, _draw_partners(rng, partners, len(order)), -1)
    ad_day = arrange(ad_day, np.full(copies, -1))
    return Leads(
        people=join_people(people, people.take(copied)).take(order),
        source=source,
        ad=np.where(ad_day >= 0, ad_days.ad[ad_day], -1),
        ad_day=ad_day,
        partner=partner,
        owner=assign_reps(rng, staff, timeline, local_day(created_at)),
        created_at=created_at,
        converted_at=converted_at,
        status=status,
        email_style=arrange(email_style, copy_email),
        phone_style=arrange(phone_style, copy_phone),
        duplicate_of=np.where(original >= 0, place[original], -1),
        is_deleted=_draw_deleted(rng, settings, converted, place[original], original),
        deal=deal,
        click=rng.integers(0, 2**40, len(order)),
    )


def _draw_sources(
    rng: np.random.Generator, count: int, timeline: Timeline, plan: AdPlan, ad_days: AdDays
) -> tuple[IntArray, IntArray, IntArray]:
    """Source, row of `AdDays` (-1 if none) and local day of each original lead.

    Leads from ads fall on days on which the ad was live, in proportion to its clicks; ads without
    any attraction get none.
    """
    source = _draw_free_sources(rng, count)
    day = timeline.draw_days(rng, count)
    pull = np.cumsum(ad_days.clicks * plan.attraction[ad_days.ad])
    ad_day = np.full(count, -1)
    if len(pull) and pull[-1] > 0:
        from_ads = np.flatnonzero(rng.random(count) < channels.AD_SHARE)
        row = np.searchsorted(pull / pull[-1], rng.random(len(from_ads)), side="right")
        ad = ad_days.ad[row]
        draw = rng.random(len(from_ads))
        is_google = plan.ad_platform[ad] == GOOGLE
        tagged = np.where(
            is_google,
            np.where(plan.ad_is_display[ad], channels.DISPLAY_AD, channels.SEARCH_AD),
            np.where(rng.random(len(ad)) < 0.6, channels.FACEBOOK_AD, channels.INSTAGRAM_AD),
        )
        untagged = np.where(is_google, channels.SEARCH_CLICK, channels.SOCIAL_CLICK)
        # A banner always carries its tags: without them it could not be told from a search ad.
        is_untagged = (draw < CLICK_ID_ONLY) & ~plan.ad_is_display[ad]
        source[from_ads] = np.where(is_untagged, untagged, tagged)
        ad_day[from_ads] = row
        day[from_ads] = ad_days.day[row]
    return source, ad_day, day


def _draw_free_sources(rng: np.random.Generator, count: int) -> IntArray:
    """Sources other than ads, by share."""
    shares = np.cumsum([source.share for source in channels.SOURCES])
    return np.searchsorted(shares / shares[-1], rng.random(count), side="right")


def _draw_partners(rng: np.random.Generator, partners: Partners, count: int) -> IntArray:
    cumulative = np.cumsum(partners.weight)
    return np.searchsorted(cumulative / cumulative[-1], rng.random(count), side="right")


def _draw_duplicates(rng: np.random.Generator, email_style: IntArray, phone_style: IntArray) -> IntArray:
    """Rows of the originals that are entered again, by the same e-mail or, without one, phone."""
    has_phone = (phone_style >= 0) & (phone_style < PHONE_STYLES)
    chance = np.where(email_style >= 0, EMAIL_DUPLICATES, np.where(has_phone, PHONE_DUPLICATES, 0.0))
    return np.flatnonzero(rng.random(len(chance)) < chance)


def _draw_conversions(
    rng: np.random.Generator, source: IntArray, created_at: IntArray, timeline: Timeline
) -> IntArray:
    """When each lead became an opportunity: on a later day in working hours, or never."""
    chance = np.array([one.conversion for one in channels.SOURCES])[source]
    wait = np.floor(rng.exponential(5.5, len(source))).astype(np.int64) + 1
    day = local_day(created_at) + wait
    at = local_midnight(day) + draw_time_of_day(rng, STAFF_HOURS, len(source))
    converts = (rng.random(len(source)) < chance) & (at < timeline.end_at)
    return np.where(converts, at, NEVER)


def _draw_deleted(
    rng: np.random.Generator,
    settings: SimulationSettings,
    converted: NDArray[np.bool_],
    original_place: IntArray,
    original: IntArray,
) -> NDArray[np.bool_]:
    """A few leads were deleted, none of them converted, duplicated or a duplicate."""
    count = len(converted)
    is_copy = original >= 0
    has_copy = np.zeros(count, dtype=bool)
    has_copy[original_place[is_copy]] = True
    candidates = np.flatnonzero(~converted & ~is_copy & ~has_copy)
    deleted = np.zeros(count, dtype=bool)
    number = min(len(candidates), settings.count(DELETED_IN_SAMPLE))
    deleted[rng.choice(candidates, number, replace=False)] = True
    return deleted


def _distinct(instant: IntArray) -> IntArray:
    """The same instants in whole seconds, moved by milliseconds so that no two are equal."""
    order = np.argsort(instant, kind="stable")
    rank = np.arange(len(instant))
    run_start = np.maximum.accumulate(np.where(starts_run(instant[order]), rank, 0))
    moved = instant.copy()
    moved[order] += rank - run_start
    return moved
