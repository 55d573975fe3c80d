"""The whole company: draws its parts in order and holds the exports and the truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from simulator.activities import Tasks, draw_tasks
from simulator.columns import LARGEST_ID_NUMBER, Table
from simulator.deal_paths import History
from simulator.deals import Accounts, Deals, draw_deals
from simulator.leads import Leads, draw_leads
from simulator.marketing import (
    AdConversions,
    AdDays,
    AdPlan,
    CrmCampaigns,
    draw_ad_conversions,
    draw_ad_days,
    draw_ad_plan,
    draw_crm_campaigns,
)
from simulator.members import Members, draw_members
from simulator.money import ExchangeRates, draw_exchange_rates
from simulator.orders import CustomerCosts, Orders, draw_costs, draw_orders
from simulator.settings import SimulationError, SimulationSettings
from simulator.staff import Partners, Staff, draw_partners, draw_staff
from simulator.timeline import Timeline

# One random stream for each topic: a change in one leaves the others as they were. New topics are
# appended at the end.
TOPICS = (
    "rates", "staff", "partners", "ads", "campaigns", "leads", "ad conversions", "deals", "orders",
    "costs", "members", "tasks", "exports",
)  # fmt: skip


@dataclass(frozen=True)
class Company:
    """One simulated company. Everything is in arrays; see the classes of the parts."""

    settings: SimulationSettings
    timeline: Timeline
    rates: ExchangeRates
    staff: Staff
    partners: Partners
    plan: AdPlan
    ad_days: AdDays
    ad_conversions: AdConversions
    campaigns: CrmCampaigns
    leads: Leads
    accounts: Accounts
    deals: Deals
    history: History
    orders: Orders
    costs: CustomerCosts
    members: Members
    tasks: Tasks

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`<system>/<system>__<object>` -> columns, for every export."""
        from simulator.exports import build_tables

        return build_tables(self)

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What was drawn from, and the KPI values counted from the simulator's own arrays."""
        from simulator.truth import count_truth

        return count_truth(self)


def stream(settings: SimulationSettings, topic: str) -> np.random.Generator:
    """The random stream of a topic."""
    return np.random.default_rng([settings.seed, TOPICS.index(topic)])


def simulate(settings: SimulationSettings | None = None) -> Company:
    """Simulate a company; without settings, the sample company."""
    settings = settings or SimulationSettings()
    timeline = Timeline.of(settings)

    def rng(topic: str) -> np.random.Generator:
        return stream(settings, topic)

    rates = draw_exchange_rates(rng("rates"), timeline)
    staff = draw_staff(rng("staff"), settings, timeline)
    number = 1 + staff.users
    partners = draw_partners(rng("partners"), settings, timeline, number)
    number += len(partners)
    plan = draw_ad_plan(rng("ads"), settings, timeline)
    ad_days = draw_ad_days(rng("ads"), plan, timeline)
    campaigns = draw_crm_campaigns(rng("campaigns"), settings, timeline, plan)
    leads = draw_leads(rng("leads"), settings, timeline, staff, partners, plan, ad_days, number)
    number += len(leads)
    from_ads = leads.ad_day[(leads.ad_day >= 0) & ~leads.is_deleted]
    ad_conversions = draw_ad_conversions(
        rng("ad conversions"), plan, ad_days, np.bincount(from_ads, minlength=len(ad_days.ad))
    )
    accounts, deals, history = draw_deals(rng("deals"), settings, timeline, staff, partners, leads, number)
    orders = draw_orders(rng("orders"), settings, timeline, accounts, deals)
    costs = draw_costs(rng("costs"), timeline, accounts, deals, orders)
    members = draw_members(rng("members"), settings, timeline, leads, accounts, campaigns)
    tasks = draw_tasks(rng("tasks"), settings, timeline, leads, accounts, deals)
    if max(len(history), len(tasks), len(leads)) > LARGEST_ID_NUMBER // 2:
        raise SimulationError("the company is too large for its record ids; choose a smaller scale")
    return Company(
        settings, timeline, rates, staff, partners, plan, ad_days, ad_conversions, campaigns, leads,
        accounts, deals, history, orders, costs, members, tasks,
    )  # fmt: skip
