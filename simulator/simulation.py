"""Draws a company part by part, and holds its exports and the truth."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from simulator.activities import draw_tasks
from simulator.audience import draw_mailings, draw_weekly_reach
from simulator.calls import draw_call_notes
from simulator.columns import LARGEST_ID_NUMBER, Table
from simulator.company import CompanyParts, stream
from simulator.deals import draw_deals
from simulator.enablement import draw_enablement
from simulator.exports import build_tables
from simulator.handovers import draw_deletions, draw_handovers
from simulator.leads import draw_leads
from simulator.lifecycle import draw_lifecycle
from simulator.marketing import draw_ad_conversions, draw_ad_days, draw_ad_plan, draw_crm_campaigns
from simulator.members import draw_members
from simulator.money import draw_exchange_rates
from simulator.orders import draw_costs, draw_orders
from simulator.service import draw_service
from simulator.settings import SimulationError, SimulationSettings
from simulator.staff import draw_partners, draw_staff
from simulator.targets import draw_targets
from simulator.timeline import Timeline
from simulator.truth import count_truth
from simulator.web import draw_web_events


class Company(CompanyParts):
    """One simulated company: what was drawn, the exports it writes and the answers to what they ask."""

    @cached_property
    def tables(self) -> dict[str, Table]:
        """`<system>/<system>__<object>` -> columns, for every export."""
        return build_tables(self)

    @cached_property
    def truth(self) -> dict[str, Any]:
        """What was drawn from, and the KPI values counted from the simulator's own arrays."""
        return count_truth(self)


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
    pipeline = rng("pipeline")
    handovers = draw_handovers(pipeline, timeline, staff, deals)
    deleted_at = draw_deletions(pipeline, timeline, deals)
    notes = draw_call_notes(rng("calls"), tasks)
    enablement = draw_enablement(rng("enablement"), settings, timeline, staff, accounts, deals)
    # last, since registrations make partners known that no other part was drawn with
    lifecycle, deals = draw_lifecycle(rng("lifecycle"), settings, timeline, partners, accounts, deals, orders)
    web = draw_web_events(rng("web"), settings, timeline, leads, plan, ad_days)
    audience = rng("audience")
    weekly_reach = draw_weekly_reach(audience, plan, ad_days)
    mailings = draw_mailings(audience, settings, timeline, campaigns)
    targets = draw_targets(rng("targets"), timeline, rates, staff, partners, leads, deals, orders)
    service = draw_service(rng("service"), settings, timeline, leads, accounts, deals, staff.reps)
    if max(len(history), len(tasks) + len(service.replies), len(leads)) > LARGEST_ID_NUMBER // 2:
        raise SimulationError("the company is too large for its record ids; choose a smaller scale")
    return Company(
        settings, timeline, rates, staff, partners, plan, ad_days, ad_conversions, campaigns, leads,
        accounts, deals, history, orders, costs, members, tasks, handovers, deleted_at,
        notes, enablement, lifecycle, web, weekly_reach, mailings, targets, service,
    )  # fmt: skip
