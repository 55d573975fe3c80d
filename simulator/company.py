"""The parts that a simulated company is drawn from, before they become exports or truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.activities import Tasks
from simulator.deal_paths import History
from simulator.deals import Accounts, Deals
from simulator.leads import Leads
from simulator.marketing import AdConversions, AdDays, AdPlan, CrmCampaigns
from simulator.members import Members
from simulator.money import ExchangeRates
from simulator.orders import CustomerCosts, Orders
from simulator.service import Service
from simulator.settings import SimulationSettings
from simulator.staff import Partners, Staff
from simulator.timeline import Timeline

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
    service: Service


def stream(settings: SimulationSettings, topic: str) -> np.random.Generator:
    """The random stream of a topic."""
    return np.random.default_rng([settings.seed, TOPICS.index(topic)])
