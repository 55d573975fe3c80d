"""Truth about leads, advertising and attribution."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from simulator.channels import CHANNELS, NO_CHANNEL, SOURCE_CHANNEL
from simulator.company import CompanyParts
from simulator.counting import ALL, Cells, quotient
from simulator.marketing import PLATFORM_CURRENCY, PLATFORMS
from simulator.members import lead_party, member_channel
from simulator.money import base_text
from simulator.timeline import DAY_MS, NO_DAY, IntArray, local_day, local_midnight
from simulator.truth_customers import live_orders, order_base

LOOKBACK_DAYS = 90


def count_leads(company: CompanyParts) -> dict[str, Any]:
    """period -> leads; only survivors count as created, duplicates by their own month."""
    leads, deals, timeline = company.leads, company.deals, company.timeline
    live = ~leads.is_deleted
    survives = np.flatnonzero(live & (leads.duplicate_of < 0))
    duplicates = np.flatnonzero(live & (leads.duplicate_of >= 0))
    month = timeline.month_index(local_day(leads.created_at))
    valid = 1 + (leads.email_style >= 0) + leads.has_valid_phone  # everyone has a name
    won = survives[(leads.deal[survives] >= 0) & deals.is_won[leads.deal[survives]]]
    cells = Cells.of(timeline, ["company"])

    def total(rows: IntArray, value: IntArray | None = None) -> IntArray:
        nobody = np.zeros(len(rows), dtype=np.int64)
        return cells.total(nobody, month[rows], None if value is None else value[rows])[0]

    created, copies, fields = total(survives), total(duplicates), total(survives, valid)
    converted = total(survives[leads.deal[survives] >= 0])
    became_customer = total(won)
    return {
        period: {
            "created_count": int(created[column]),
            "duplicates_count": int(copies[column]),
            "converted_count": int(converted[column]),
            "won_count": int(became_customer[column]),
            "close_rate": quotient(became_customer[column], created[column]),
            "valid_fields_count": int(fields[column]),
            "mean_completeness": quotient(fields[column], created[column] * 3),
        }
        for scope, period, _, column in cells.names()
        if scope == "company"
    }


def count_ads(company: CompanyParts) -> dict[str, Any]:
    """platform (or 'all') -> campaign's platform id (or 'all') -> period -> sums.

    platform_conversions are Google's conversions or Meta's purchases; lead_actions Meta's leads.
    Where nothing was shown in a month, the month is left out.
    """
    plan, days, claims = company.plan, company.ad_days, company.ad_conversions
    campaign = plan.ad_campaign[days.ad]
    month = company.timeline.month_index(days.day)
    currency = np.array(PLATFORM_CURRENCY)[plan.ad_platform[days.ad]]
    cells = Cells.of(company.timeline, [str(number) for number in plan.campaign_id])
    shown = cells.total(campaign, month)
    sums = {
        "spend_eur": cells.total(campaign, month, company.rates.to_base(days.spend, currency, days.day)),
        "conversion_value_eur": cells.total(
            campaign, month, company.rates.to_base(claims.value, currency, days.day)
        ),
        "spend": cells.total(campaign, month, days.spend * 100),
        "conversion_value": cells.total(campaign, month, claims.value * 100),
        "platform_conversions": cells.total(campaign, month, claims.conversions * 100),
    }
    counts = {
        "impressions": cells.total(campaign, month, days.impressions),
        "clicks": cells.total(campaign, month, days.clicks),
        "lead_actions": cells.total(campaign, month, claims.lead_actions),
    }
    result: dict[str, Any] = {}
    for scope, period, row, column in cells.names():
        at = row, column
        if not shown[at]:
            continue
        total = scope == ALL
        platform = ALL if total else PLATFORMS[plan.campaign_platform[row]]
        values: dict[str, Any] = {name: base_text(grid[at]) for name, grid in sums.items()}
        values |= {name: int(grid[at]) for name, grid in counts.items()}
        if total:  # two currencies do not add up
            del values["spend"], values["conversion_value"]
        result.setdefault(platform, {}).setdefault(scope, {})[period] = values
    return result


def draw_up_touches(company: CompanyParts) -> tuple[IntArray, IntArray, IntArray]:
    """(party, UTC, channel) of every touch, ordered by party and time.

    A lead with any trace of a source is a touch when it was created, and so is a campaign member
    who responded, at the local midnight that begins the day of the response.
    """
    leads, members = company.leads, company.members
    lead = np.flatnonzero(~leads.is_deleted & (SOURCE_CHANNEL[leads.source] != NO_CHANNEL))
    responded = np.flatnonzero(~members.is_deleted & (members.responded_day != NO_DAY))
    party = np.concatenate((lead_party(leads, company.accounts)[lead], members.party[responded]))
    at = np.concatenate((leads.created_at[lead], local_midnight(members.responded_day[responded])))
    channel = np.concatenate(
        (SOURCE_CHANNEL[leads.source[lead]], member_channel(company.campaigns, members)[responded])
    )
    order = np.lexsort((at, party))
    return party[order], at[order], channel[order]


def count_attribution(company: CompanyParts) -> dict[str, Any]:
    """First, last and linear attribution of orders to channels.

    An order's touches are those of its account from 90 days before the midnight that begins the
    order's local day (that instant included) to the end of that day.
    """
    orders = company.orders
    party, at, channel = draw_up_touches(company)
    rows = live_orders(company)
    base = order_base(company)[rows]
    account = orders.account[rows]
    begin = local_midnight(orders.day[rows])
    origin = company.timeline.start_at - 2 * LOOKBACK_DAYS * DAY_MS
    span = company.timeline.end_at - origin + 2 * DAY_MS
    key = party * span + (at - origin)
    low = np.searchsorted(key, account * span + begin - LOOKBACK_DAYS * DAY_MS - origin)
    high = np.searchsorted(key, account * span + begin + DAY_MS - origin)
    touches = high - low
    has = np.flatnonzero(touches > 0)
    each = np.repeat(has, touches[has])
    step = np.arange(len(each)) - np.repeat(np.cumsum(touches[has]) - touches[has], touches[has])
    models = {
        "first": _by_channel(channel[low[has]], np.ones(len(has), dtype=np.int64), base[has]),
        "last": _by_channel(channel[high[has] - 1], np.ones(len(has), dtype=np.int64), base[has]),
        "linear": _by_channel(channel[low[each] + step], touches[each], base[each]),
    }
    without = np.flatnonzero(touches == 0)
    return {
        "touches_count": {name: int((channel == number).sum()) for number, name in enumerate(CHANNELS)},
        "orders_count": len(rows),
        "attributed_orders_count": len(has),
        "attributed_revenue_eur": base_text(base[has].sum()),
        "unattributed_orders_count": len(without),
        "unattributed_revenue_eur": base_text(base[without].sum()),
        "touches_of_orders_count": int(touches.sum()),
        "models": models,
    }


def _by_channel(channel: IntArray, parts: IntArray, base: IntArray) -> dict[str, dict[str, str]]:
    """Sums of 1/parts and base/parts by channel, exact until they are rounded to six digits."""
    result = {}
    for number, name in enumerate(CHANNELS):
        own = channel == number
        weight, amount = Fraction(0), Fraction(0)
        for share in np.unique(parts[own]):
            chosen = own & (parts == share)
            weight += Fraction(int(chosen.sum()), int(share))
            amount += Fraction(int(base[chosen].sum()), int(share) * 10_000)
        result[name] = {"conversions": _rounded(weight), "amount_eur": _rounded(amount)}
    return result


def _rounded(value: Fraction) -> str:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return str(exact.quantize(Decimal("0.000001"), ROUND_HALF_UP))
