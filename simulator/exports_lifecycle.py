"""Exports of the lifecycle, in the warehouse's own format: customer events, subscriptions, registrations."""

from __future__ import annotations

import numpy as np

from simulator.columns import (
    Choice,
    Day,
    Empty,
    Fixed,
    Flag,
    Instant,
    Label,
    Numbered,
    RecordId,
    Table,
    Whole,
)
from simulator.company import CompanyParts
from simulator.exports_people import ACCOUNT, DEAL, constant, partner_account
from simulator.lifecycle import EVENT_KINDS, EVENT_REASONS, EVENT_SOURCES, PLANS, REGISTRATION_STATUS
from simulator.money import CURRENCIES
from simulator.timeline import DAY_MS, HOUR_MS, NEVER, local_midnight

CRM = "salesforce"


def customer_event_table(company: CompanyParts) -> Table:
    """Users belong to the product (the generic system), accounts to the CRM."""
    events = company.lifecycle.events
    is_account = (events.person >= events.users).astype(np.int64)
    user = Numbered("U%06d", events.person + 1)
    return {
        "event_id": Numbered("E%07d", np.arange(len(events)) + 1),
        "customer_source_system": Choice(is_account, (Empty(len(events)), constant(CRM, len(events)))),
        "customer_id": Choice(is_account, (user, RecordId(ACCOUNT, events.account))),
        "account_id": RecordId(ACCOUNT, events.account),
        "kind": Label(events.kind, EVENT_KINDS),
        "occurred_at": Instant(events.at),
        "reason": Label(events.reason, EVENT_REASONS),
        "source": Label(events.source, EVENT_SOURCES),
        "plan": Label(events.plan, PLANS),
        "updated_at": Instant(events.at),
        "is_deleted": Flag(events.is_deleted),
    }


def subscription_table(company: CompanyParts) -> Table:
    """A row for each period; an older version has another amount."""
    subscriptions, timeline = company.lifecycle.subscriptions, company.timeline
    row = np.sort(np.concatenate((np.arange(len(subscriptions)), np.flatnonzero(subscriptions.has_older))))
    is_old = np.zeros(len(row), dtype=bool)
    is_old[:-1] = row[:-1] == row[1:]
    updated = np.minimum(local_midnight(subscriptions.day) + 17 * HOUR_MS, timeline.end_at - HOUR_MS)
    amount = np.where(is_old, subscriptions.amount[row] * 2, subscriptions.amount[row])
    interval = subscriptions.interval[row]
    return {
        "subscription_id": Numbered("S%06d", subscriptions.number[row] + 1),
        "customer_source_system": constant(CRM, len(row)),
        "customer_id": RecordId(ACCOUNT, subscriptions.account[row]),
        "started_on": Day(subscriptions.day[row]),
        "ended_on": Day(subscriptions.told_until[row]),
        "amount": Fixed(amount),
        "interval_months": Whole(interval, (interval > 1) | (row % 2 == 0)),
        "currency": Label(subscriptions.currency[row], CURRENCIES),
        "plan": Label(subscriptions.plan[row], PLANS),
        "updated_at": Instant(updated[row] - np.where(is_old, 2 * HOUR_MS, 0)),
        "is_deleted": Flag(subscriptions.is_deleted[row]),
    }


def deal_registration_table(company: CompanyParts) -> Table:
    """What partners registered; those without a deal are known, too."""
    registrations, timeline = company.lifecycle.registrations, company.timeline
    row = np.arange(len(registrations))
    decided = np.where(
        registrations.approved_at == NEVER, registrations.at + DAY_MS, registrations.approved_at
    )
    return {
        "registration_id": Numbered("R%05d", row + 1),
        "partner_source_system": constant(CRM, len(row)),
        "partner_id": partner_account(company, registrations.partner),
        "opportunity_id": RecordId(DEAL, registrations.deal),
        "registered_at": Instant(registrations.at),
        "status": Label(registrations.status, REGISTRATION_STATUS),
        "approved_at": Instant(registrations.approved_at),
        "expires_on": Day(registrations.expires_day),
        "updated_at": Instant(np.minimum(decided, timeline.end_at - HOUR_MS)),
        "is_deleted": Flag(registrations.is_deleted),
    }
