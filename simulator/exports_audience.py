"""Exports about audiences: web events, weekly reach and e-mail campaigns."""

from __future__ import annotations

import numpy as np

from simulator.audience import NOT_TOLD
from simulator.columns import Choice, Day, Instant, Joined, Label, Numbered, RecordId, Shaped, Table, Whole
from simulator.company import CompanyParts
from simulator.exports_people import CAMPAIGN, ad_campaign_names, optional
from simulator.marketing import PLATFORMS
from simulator.timeline import HOUR_MS, local_day, local_midnight
from simulator.web import EVENTS, ORIGINS, PAGES

HOST = "https://www.firma.example"
DEVICES = ("desktop", "mobile", "tablet")


def web_event_table(company: CompanyParts) -> Table:
    """Google Analytics' columns; the origin stands at the first event of a visit only."""
    web, plan = company.web, company.plan
    row = np.repeat(np.arange(len(web)), web.copies)
    visit = web.visit[row]
    visitor = web.visit_visitor[visit]
    is_known = visitor >= 0
    first_of_visit = np.flatnonzero(web.is_first)
    began_at = web.at[first_of_visit]

    # The start of a session carries neither page nor origin; the first page view does.
    bears = web.page >= 0
    bears[bears] = _first_of(web.visit[bears])
    tells = bears[row] & is_known
    origin = np.where(tells, web.visit_origin[visit], -1)
    sources, mediums = optional(*(one[0] for one in ORIGINS)), optional(*(one[1] for one in ORIGINS))
    source_code = np.array([sources.index(one[0]) if one[0] else -1 for one in ORIGINS] + [-1])
    medium_code = np.array([mediums.index(one[1]) if one[1] else -1 for one in ORIGINS] + [-1])
    is_click = np.array([one[4] for one in ORIGINS] + [False])[origin]
    campaign = np.where(tells & ~is_click, web.visit_campaign[visit], -1)
    address = np.where(web.page[row] < 0, -1, web.style[row])
    page = Label(np.maximum(web.page[row], 0), PAGES)
    path = Label(np.maximum(web.page[row], 0), ["" if page == "/" else page for page in PAGES])
    micros = Numbered("%03d", web.at[row] // 1000 % 997)
    return {
        "event_date": Shaped("strftime({}, '%Y%m%d')", Day(local_day(web.at[row]))),
        "event_timestamp": Joined((Whole(web.at[row]), micros)),
        "event_name": Label(web.event[row], [name for name, _, _ in EVENTS]),
        "event_bundle_sequence_id": Whole(visit + 1),
        "batch_event_index": Whole(row - first_of_visit[visit] + 1),
        "user_pseudo_id": Joined(
            (Numbered("%d", (visitor * 48_271 + 19_937) % 999_999_937), ".", Numbered("%d", visitor)),
            is_known,
        ),
        "ga_session_id": Whole(began_at[visit] // 1000, is_known),
        "page_location": Choice(
            address,
            (
                Joined((HOST, page)),
                Joined((HOST, path, "/")),
                Joined((HOST, page, "?ref=a/b")),
                Joined(("https://firma.example", page, "#top")),
            ),
        ),
        "source": Label(source_code[origin], sources),
        "medium": Label(medium_code[origin], mediums),
        "campaign_id": Whole(plan.campaign_id[campaign], campaign >= 0),
        "campaign": Label(campaign, ad_campaign_names(company)),
        "gclid": Joined(("EAIa", Numbered("%08x", visit * 7919)), is_click),
        "device_category": Label(web.visit_device[visit], DEVICES),
    }


def _first_of(key: np.ndarray) -> np.ndarray:
    """True where a sorted key occurs for the first time."""
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[1:] != key[:-1]
    return first


def weekly_reach_table(company: CompanyParts) -> Table:
    """The warehouse's own format; the platform reports some weeks without reach, others not at all."""
    weekly, plan = company.weekly_reach, company.plan
    row = np.flatnonzero(weekly.is_exported)
    campaign = weekly.campaign[row]
    return {
        "platform": Label(plan.campaign_platform[campaign], PLATFORMS),
        "campaign_id": Whole(plan.campaign_id[campaign]),
        "week_on": Day(weekly.week[row]),
        "impressions": Whole(weekly.impressions[row]),
        "reach": Whole(weekly.reach[row], weekly.reach[row] != NOT_TOLD),
    }


def mailing_table(company: CompanyParts) -> Table:
    """The warehouse's own format; an earlier export of a mailing knew of fewer opens."""
    mailings = company.mailings
    older = np.flatnonzero(mailings.is_exported_twice)
    row = np.concatenate((older, np.arange(len(mailings))))
    is_old = np.arange(len(row)) < len(older)
    opened = np.where(
        is_old, np.minimum(mailings.first_opened[row], mailings.opened[row]), mailings.opened[row]
    )
    last = company.timeline.end_at - HOUR_MS
    updated = local_midnight(mailings.day[row]) + np.where(is_old, 20 * HOUR_MS, 22 * HOUR_MS)
    return {
        "email_campaign_id": Numbered("EM-%04d", mailings.number[row] + 1),
        "campaign_id": RecordId(CAMPAIGN, mailings.campaign[row]),
        "campaign_name": Joined(("Mailing ", Numbered("%d", mailings.number[row] + 1))),
        "date_on": Day(mailings.day[row]),
        "sent": Whole(mailings.sent[row]),
        "delivered": Whole(mailings.delivered[row], mailings.delivered[row] != NOT_TOLD),
        "opened": Whole(opened, mailings.opened[row] != NOT_TOLD),
        "clicked": Whole(mailings.clicked[row]),
        "replied": Whole(mailings.replied[row]),
        "unsubscribed": Whole(mailings.unsubscribed[row]),
        "updated_at": Instant(np.minimum(updated, last)),
    }
