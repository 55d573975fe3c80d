"""The parts that a simulated company is drawn from, before they become exports or truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.activities import Tasks
from simulator.audience import Mailings, WeeklyReach
from simulator.calls import CallNotes
from simulator.deal_paths import History
from simulator.deals import Accounts, Deals
from simulator.enablement import Enablement
from simulator.handovers import Handovers
from simulator.leads import Leads
from simulator.lifecycle import Lifecycle
from simulator.marketing import AdConversions, AdDays, AdPlan, CrmCampaigns
from simulator.members import Members
from simulator.money import ExchangeRates
from simulator.orders import CustomerCosts, Orders
from simulator.service import Service
from simulator.settings import SimulationSettings
from simulator.staff import Partners, Staff
from simulator.targets import Target
from simulator.timeline import IntArray, Timeline
from simulator.web import WebEvents

# One random stream for each topic: a change in one leaves the others as they were. New topics are
# appended at the end.
TOPICS = (
    "rates", "staff", "partners", "ads", "campaigns", "leads", "ad conversions", "deals", "orders",
    "costs", "members", "tasks", "exports", "pipeline", "calls", "enablement", "service", "web", "audience",
    "lifecycle", "targets",
)  # fmt: skip


@dataclass(frozen=True)
class CompanyParts:
    """Everything that was drawn for one company, in arrays; see the classes of the parts."""

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
    handovers: Handovers
    deleted_at: IntArray
    notes: CallNotes
    enablement: Enablement
    lifecycle: Lifecycle
    web: WebEvents
    weekly_reach: WeeklyReach
    mailings: Mailings
    targets: list[Target]
    service: Service


def stream(settings: SimulationSettings, topic: str) -> np.random.Generator:
    """The random stream of a topic."""
    return np.random.default_rng([settings.seed, TOPICS.index(topic)])
