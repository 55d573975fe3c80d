"""Campaign members: leads and contacts whom CRM campaigns reached, and whether they responded."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import channels
from simulator.deals import Accounts, Deals
from simulator.leads import Leads
from simulator.marketing import CAMPAIGN_KINDS, CAMPAIGN_TYPES, CrmCampaigns
from simulator.settings import SimulationSettings
from simulator.timeline import NO_DAY, IntArray, Timeline, local_day

MEMBERS_IN_SAMPLE = 900
FROM_CONTACTS = 0.3
FROM_CONVERTED = 0.7
# Few people follow much of what a company does: attention is spread unevenly over leads.
ATTENTION_SHAPE = 0.5
RESPONDS = 0.62
DELETED = 0.01


@dataclass(frozen=True)
class Members:
    """One value for each campaign member.

    campaign: row of `CrmCampaigns`; lead, contact: row of the lead or of the account whose contact
    it is, the other is -1; responded_day: local day or `NO_DAY`; party: see `lead_party`.
    """

    campaign: IntArray
    lead: IntArray
    contact: IntArray
    day: IntArray
    responded_day: IntArray
    party: IntArray
    is_deleted: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.campaign)


def lead_party(leads: Leads, accounts: Accounts) -> IntArray:
    """(leads,) the party whose journey a lead belongs to.

    The account (its row) if the surviving lead converted, else the surviving lead (its row plus
    the number of accounts). Accounts from leads come first, in the order of `leads.deal`.
    """
    survivor = leads.survivor
    account = leads.deal[survivor]
    return np.where(account >= 0, account, len(accounts) + survivor)


def draw_members(
    rng: np.random.Generator,
    settings: SimulationSettings,
    timeline: Timeline,
    leads: Leads,
    accounts: Accounts,
    campaigns: CrmCampaigns,
) -> Members:
    """Members around the time at which a lead arrived, or at any later time for contacts.

    A party responds at most once a day, so that the order of touches is never a matter of taste.
    """
    count = settings.count(MEMBERS_IN_SAMPLE, minimum=4)
    is_contact = rng.random(count) < FROM_CONTACTS
    lead = _draw_attentive_leads(rng, leads, count)
    contact = rng.integers(0, len(accounts), count)
    arrival = local_day(leads.created_at[lead]) + rng.integers(-40, 70, count)
    begin = np.maximum(local_day(accounts.created_at[contact]), timeline.first_day)
    later = begin + (rng.random(count) * (timeline.end_day - begin)).astype(np.int64)
    wanted = np.where(is_contact, later, arrival)

    owned = np.arange(campaigns.mirrors, len(campaigns))
    first_day = campaigns.first_day[owned]
    campaign = owned[np.maximum(0, np.searchsorted(first_day, wanted, side="right") - 1)]
    day = campaigns.first_day[campaign] + rng.integers(0, 6, count)
    earliest = np.where(is_contact, begin, timeline.first_day)
    day = np.maximum(day, earliest)
    kept = day < timeline.end_day
    lead = np.where(is_contact, -1, lead)
    contact = np.where(is_contact, contact, -1)
    party = np.where(is_contact, contact, lead_party(leads, accounts)[lead])
    person = np.where(is_contact, contact, len(accounts) + lead)
    kept &= _first_of(person * len(campaigns) + campaign)
    campaign, lead, contact, day, party = (array[kept] for array in (campaign, lead, contact, day, party))
    order = np.lexsort((party, day))
    campaign, lead, contact, day, party = (array[order] for array in (campaign, lead, contact, day, party))
    responds = rng.random(len(day)) < RESPONDS
    responds[responds] = _first_of((party * 2**20 + day)[responds])
    is_deleted = rng.random(len(day)) < DELETED
    return Members(campaign, lead, contact, day, np.where(responds, day, NO_DAY), party, is_deleted)


def _draw_attentive_leads(rng: np.random.Generator, leads: Leads, count: int) -> IntArray:
    """Leads who are in campaigns: mostly those who went on to become opportunities."""
    converted = leads.deal >= 0
    attention = rng.gamma(ATTENTION_SHAPE, 1.0, len(leads)) * ~leads.is_deleted
    total = max(attention[converted].sum(), 1e-9)
    factor = FROM_CONVERTED / (1 - FROM_CONVERTED) * attention[~converted].sum() / total
    cumulative = np.cumsum(np.where(converted, attention * factor, attention))
    return np.searchsorted(cumulative / cumulative[-1], rng.random(count), side="right")


def _first_of(key: IntArray) -> NDArray[np.bool_]:
    """True where a key occurs for the first time."""
    first = np.zeros(len(key), dtype=bool)
    first[np.unique(key, return_index=True)[1]] = True
    return first


def member_channel(campaigns: CrmCampaigns, members: Members) -> IntArray:
    """(members,) channel of the campaign's type."""
    table = [channels.CHANNELS.index(channels.CAMPAIGN_TYPE_CHANNEL[kind]) for kind in CAMPAIGN_TYPES]
    return np.array(table)[campaigns.kind[members.campaign]]


def deal_campaign(leads: Leads, deals: Deals, ad_campaign: IntArray, campaigns: CrmCampaigns) -> IntArray:
    """(deals,) CRM campaign that a deal is credited to, -1 for none.

    The mirror of the ad's campaign, or the latest campaign of the source's type before the lead.
    """
    result = np.full(len(deals), -1)
    has_lead = deals.lead >= 0
    ad = np.where(has_lead, leads.ad[deals.lead], -1)
    result[ad >= 0] = ad_campaign[ad[ad >= 0]]
    lead_day = local_day(leads.created_at[deals.lead])
    for kind, (name, _, _) in enumerate(CAMPAIGN_KINDS):
        sources = [number for number, one in enumerate(channels.SOURCES) if one.lead_source == name]
        rows = np.flatnonzero(has_lead & np.isin(deals.source, sources))
        ours = np.flatnonzero(campaigns.kind == kind)
        place = np.searchsorted(campaigns.first_day[ours], lead_day[rows], side="right") - 1
        result[rows[place >= 0]] = ours[place[place >= 0]]
    return result
