"""Exports of the ad platforms, one row for each ad and day."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.columns import Choice, Day, Fixed, Joined, Label, Numbered, Table, Whole
from simulator.company import CompanyParts
from simulator.exports_people import ad_campaign_names, constant
from simulator.marketing import CHANNEL_TYPES, GOOGLE, META, PLATFORM_CURRENCY
from simulator.money import CURRENCIES
from simulator.timeline import IntArray

GOOGLE_CUSTOMER_ID = 4_815_162_342
META_ACCOUNT_ID = 1_048_576_000_001


def _rows(company: CompanyParts, platform: int) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Rows of `AdDays` of a platform, and their ad, ad group and campaign."""
    plan = company.plan
    rows = np.flatnonzero(plan.ad_platform[company.ad_days.ad] == platform)
    ad = company.ad_days.ad[rows]
    return rows, ad, plan.ad_group[ad], plan.ad_campaign[ad]


def google_table(company: CompanyParts) -> Table:
    """Column names of the Google Ads API; cost in millionths of the account's currency."""
    plan, days, claims = company.plan, company.ad_days, company.ad_conversions
    rows, ad, group, campaign = _rows(company, GOOGLE)
    count = len(rows)
    return {
        "segments.date": Day(days.day[rows]),
        "customer.id": Whole(np.full(count, GOOGLE_CUSTOMER_ID)),
        "customer.currency_code": constant(CURRENCIES[PLATFORM_CURRENCY[GOOGLE]], count),
        "campaign.id": Whole(plan.campaign_id[campaign]),
        "campaign.name": Label(campaign, ad_campaign_names(company)),
        "campaign.advertising_channel_type": Label(
            plan.campaign_is_display[campaign].astype(np.int64), CHANNEL_TYPES
        ),
        "ad_group.id": Whole(plan.group_id[group]),
        "ad_group.name": Joined(("Group ", Numbered("%d", group + 1))),
        "ad_group_ad.ad.id": Whole(plan.ad_id[ad]),
        "ad_group_ad.ad.name": Joined(("Ad ", Numbered("%d", ad + 1))),
        "metrics.impressions": Whole(days.impressions[rows]),
        "metrics.clicks": Whole(days.clicks[rows]),
        "metrics.cost_micros": Whole(days.spend[rows] * 10_000),
        "metrics.conversions": Fixed(claims.conversions[rows] // 10, 1),
        "metrics.conversions_value": Fixed(claims.value[rows]),
    }


def meta_table(company: CompanyParts) -> Table:
    """Insights of the Marketing API; conversions come as JSON text in `actions`."""
    plan, days, claims = company.plan, company.ad_days, company.ad_conversions
    rows, ad, group, campaign = _rows(company, META)
    count = len(rows)
    purchases, leads = claims.conversions[rows] // 100, claims.lead_actions[rows]
    return {
        "date_start": Day(days.day[rows]),
        "date_stop": Day(days.day[rows]),
        "account_id": Whole(np.full(count, META_ACCOUNT_ID)),
        "account_currency": constant(CURRENCIES[PLATFORM_CURRENCY[META]], count),
        "campaign_id": Whole(plan.campaign_id[campaign]),
        "campaign_name": Label(campaign, ad_campaign_names(company)),
        "adset_id": Whole(plan.group_id[group]),
        "adset_name": Joined(("Ad set ", Numbered("%d", group + 1))),
        "ad_id": Whole(plan.ad_id[ad]),
        "ad_name": Joined(("Ad ", Numbered("%d", ad + 1))),
        "impressions": Whole(days.impressions[rows]),
        "reach": Whole(days.reach[rows]),
        "clicks": Whole(days.clicks[rows]),
        "inline_link_clicks": Whole(days.link_clicks[rows]),
        "spend": Fixed(days.spend[rows]),
        "actions": _actions(purchases, leads),
        "action_values": Joined(
            ('[{"action_type":"purchase","value":"', Fixed(claims.value[rows]), '"}]'),
            purchases > 0,
        ),
    }


def _actions(purchases: IntArray, leads: IntArray) -> Choice:
    """`[{"action_type":"purchase","value":"2"},...]`, null where nothing happened."""
    lead = Joined(('{"action_type":"lead","value":"', Whole(leads), '"}]'))
    both = Joined(('[{"action_type":"purchase","value":"', Whole(purchases), '"},', lead))
    kind: NDArray[np.int64] = np.where(purchases > 0, 1, np.where(leads > 0, 0, -1))
    return Choice(kind, (Joined(("[", lead)), both))
