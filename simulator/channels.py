"""Where demand comes from: each source's traces on a lead, and the channel it belongs to.

The channel of a source is written down here once; the reference file `channel_map` must come to
the same answer by its own rules, which the tests check.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Source:
    """One way in which leads arrive.

    share: of all leads (before duplicates); ad sources share out `AD_SHARE` by clicks instead.
    conversion: probability that a lead becomes an opportunity.
    effect: log-odds added to winning the deal.
    """

    name: str
    share: float
    utm_source: str | None
    utm_medium: str | None
    lead_source: str | None
    channel: str | None
    conversion: float
    effect: float


SOURCES = (
    Source("search ad", 0.0, "google", "cpc", "Web", "Paid Search", 0.22, 0.0),
    Source("display ad", 0.0, "google", "display", "Web", "Display", 0.09, -0.3),
    Source("facebook ad", 0.0, "facebook", "paid_social", "Web", "Paid Social", 0.13, -0.2),
    Source("instagram ad", 0.0, "instagram", "paid_social", "Web", "Paid Social", 0.11, -0.3),
    Source("search ad, click id only", 0.0, None, None, "Google Ads", "Paid Search", 0.22, 0.0),
    Source("social ad, click id only", 0.0, None, None, "Meta Ads", "Paid Social", 0.13, -0.2),
    Source("newsletter", 0.10, "newsletter", "email", "Web", "Email", 0.26, 0.1),
    Source("organic search", 0.20, "google", "organic", "Web", "Organic Search", 0.25, 0.0),
    Source("organic search, no tags", 0.03, None, None, "Organic Search", "Organic Search", 0.25, 0.0),
    Source("organic social", 0.07, "linkedin", "social", "Web", "Organic Social", 0.18, 0.0),
    Source("referring site", 0.07, "partnerblog", "referral", "Web", "Referral", 0.28, 0.1),
    Source("web form", 0.10, None, None, "Web", "Website", 0.20, 0.0),
    Source("webinar", 0.10, None, None, "Webinar", "Webinar", 0.32, 0.1),
    Source("event", 0.10, None, None, "Event", "Event", 0.30, 0.1),
    Source("customer referral", 0.05, None, None, "Referral Program", "Referral", 0.42, 0.4),
    Source("press", 0.03, None, None, "Public Relations", "PR", 0.15, 0.0),
    Source("partner", 0.10, None, None, "Partner", "Partner", 0.42, 0.3),
    Source("unknown", 0.05, None, None, None, None, 0.10, 0.0),
)
AD_SHARE = 0.36
SEARCH_AD, DISPLAY_AD, FACEBOOK_AD, INSTAGRAM_AD, SEARCH_CLICK, SOCIAL_CLICK = range(6)
PARTNER_SOURCE = [source.name for source in SOURCES].index("partner")
FORM_SOURCES = tuple(
    number for number, source in enumerate(SOURCES) if source.lead_source in ("Web", "Google Ads", "Meta Ads")
)

CHANNELS = (
    "Paid Search", "Display", "Paid Social", "Email", "Webinar", "Event", "Website",
    "Organic Search", "Organic Social", "Referral", "PR", "Partner",
)  # fmt: skip
NO_CHANNEL = -1
SOURCE_CHANNEL = np.array(
    [CHANNELS.index(source.channel) if source.channel else NO_CHANNEL for source in SOURCES]
)
CAMPAIGN_TYPE_CHANNEL = {
    "Webinar": "Webinar",
    "Email": "Email",
    "Event": "Event",
    "Public Relations": "PR",
    "Referral Program": "Referral",
    "Partner": "Partner",
    "Paid Search": "Paid Search",
    "Display": "Display",
    "Paid Social": "Paid Social",
}

# priority, utm_source, utm_medium, lead_source, channel, channel_group
CHANNEL_MAP = (
    (10, "google", "cpc", None, "Paid Search", "paid"),
    (20, "google", "display", None, "Display", "paid"),
    (30, "facebook", "paid_social", None, "Paid Social", "paid"),
    (40, "instagram", "paid_social", None, "Paid Social", "paid"),
    (50, None, "email", None, "Email", "owned"),
    (60, None, "organic", None, "Organic Search", "earned"),
    (70, None, "social", None, "Organic Social", "earned"),
    (80, None, "referral", None, "Referral", "earned"),
    (90, "(direct)", None, None, "Direct", "owned"),
    (110, None, None, "Google Ads", "Paid Search", "paid"),
    (120, None, None, "Meta Ads", "Paid Social", "paid"),
    (130, None, None, "Paid Search", "Paid Search", "paid"),
    (140, None, None, "Display", "Display", "paid"),
    (150, None, None, "Paid Social", "Paid Social", "paid"),
    (160, None, None, "Partner", "Partner", "partner"),
    (170, None, None, "Webinar", "Webinar", "owned"),
    (180, None, None, "Event", "Event", "owned"),
    (190, None, None, "Email", "Email", "owned"),
    (200, None, None, "Referral Program", "Referral", "earned"),
    (210, None, None, "Public Relations", "PR", "earned"),
    (220, None, None, "Organic Search", "Organic Search", "earned"),
    (230, None, None, "Web", "Website", "owned"),
)
