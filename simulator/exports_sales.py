"""CRM exports about selling: opportunities, history, lines, partners, tasks, orders, costs."""

from __future__ import annotations

import numpy as np

from simulator.activities import CALL, DISPOSITIONS, MEETING, SUBJECTS, SUBTYPES
from simulator.columns import (
    Choice,
    Day,
    Fixed,
    Flag,
    Instant,
    Joined,
    Label,
    Numbered,
    RecordId,
    Table,
    Whole,
)
from simulator.company import CompanyParts
from simulator.deal_paths import FORECAST, PROBABILITY, STAGES, WON
from simulator.deals import COMPETITORS, EXPANDING, LOSS_REASONS, PRODUCT_FAMILIES, ROLES, SOURCED
from simulator.exports_people import (
    ACCOUNT,
    CAMPAIGN,
    CONTACT,
    DEAL,
    LEAD,
    MINUTE_MS,
    constant,
    partner_account,
    rep_user,
    source_label,
    texts,
)
from simulator.lines import PRODUCTS, draw_lines
from simulator.members import deal_campaign
from simulator.money import CURRENCIES
from simulator.orders import COST_KINDS
from simulator.timeline import HOUR_MS, NEVER, IntArray, local_day, local_midnight
from simulator.versions import draw_versions

HISTORY, LINE, PRODUCT, PARTNER_ROW, TASK, ORDER = "008", "00k", "01t", "00I", "00T", "801"
FIELD_HISTORY = "017"


def opportunity_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Current state, and a few older versions as they were at creation, with another owner."""
    deals, history = company.deals, company.history
    first = np.flatnonzero(history.is_first)
    versions = draw_versions(rng, deals.changed_at > deals.created_at, 0.008)
    row = versions.row
    stage = versions.pick(deals.stage, history.stage[first])
    other_owner = (deals.owner + 1) % company.staff.reps
    campaign = deal_campaign(company.leads, deals, company.plan.ad_campaign, company.campaigns)
    changed_at = np.where(deals.is_deleted, company.deleted_at, deals.changed_at)
    return {
        "Id": RecordId(DEAL, row),
        "AccountId": RecordId(ACCOUNT, deals.account[row]),
        "Name": Joined(
            (
                company.accounts.people.take(deals.account[row]).company(),
                " - ",
                Label(deals.family[row], PRODUCT_FAMILIES),
            )
        ),
        "StageName": Label(stage, STAGES),
        "Amount": Fixed(versions.pick(deals.amount, history.amount[first])),
        "CurrencyIsoCode": Label(deals.currency[row], CURRENCIES),
        "Probability": Whole(np.array(PROBABILITY)[stage]),
        "CloseDate": Day(versions.pick(deals.close_day, history.close_day[first])),
        "Type": Label((deals.kind[row] == EXPANDING).astype(np.int64), ("New Business", "Existing Business")),
        "LeadSource": source_label(deals.source[row], "lead_source"),
        "IsClosed": Flag(stage >= WON),
        "IsWon": Flag(stage == WON),
        "ForecastCategoryName": Label(stage, FORECAST),
        "CampaignId": RecordId(CAMPAIGN, campaign[row]),
        "OwnerId": rep_user(company, versions.pick(deals.owner, other_owner)),
        "Loss_Reason__c": Label(versions.pick(deals.reason, -1), LOSS_REASONS),
        "Competitor__c": Label(versions.pick(deals.competitor, -1), COMPETITORS),
        "CreatedDate": Instant(deals.created_at[row]),
        "LastModifiedDate": Instant(versions.pick(changed_at, deals.created_at)),
        "IsDeleted": Flag(deals.is_deleted[row]),
    }


def history_table(company: CompanyParts) -> Table:
    """One row at creation and one at each change of stage, amount or close date."""
    history, deals = company.history, company.deals
    return {
        "Id": RecordId(HISTORY, np.arange(len(history))),
        "OpportunityId": RecordId(DEAL, history.deal),
        "StageName": Label(history.stage, STAGES),
        "Amount": Fixed(history.amount),
        "CloseDate": Day(history.close_day),
        "Probability": Whole(np.array(PROBABILITY)[history.stage]),
        "ForecastCategory": Label(history.stage, FORECAST),
        "CreatedById": rep_user(company, deals.owner[history.deal]),
        "CreatedDate": Instant(history.at),
        "IsDeleted": Flag(deals.is_deleted[history.deal]),
    }


def field_history_table(company: CompanyParts) -> Table:
    """Changes of owner, each as two rows: Salesforce writes one with the names and one with the ids."""
    handovers, deals = company.handovers, company.deals
    change = np.repeat(np.arange(len(handovers)), 2)
    with_ids = np.tile(np.array([0, 1], dtype=np.int64), len(handovers))
    people = company.staff.people

    def user(rep: IntArray) -> Choice:
        name = people.take(company.staff.first_rep + rep[change]).full_name()
        return Choice(with_ids, (name, rep_user(company, rep[change])))

    return {
        "Id": RecordId(FIELD_HISTORY, np.arange(len(change))),
        "OpportunityId": RecordId(DEAL, handovers.deal[change]),
        "Field": constant("Owner", len(change)),
        "OldValue": user(handovers.giver),
        "NewValue": user(handovers.taker),
        "CreatedById": rep_user(company, handovers.giver[change]),
        "CreatedDate": Instant(handovers.at[change]),
        "IsDeleted": Flag(deals.is_deleted[handovers.deal[change]]),
    }


def line_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Lines of opportunities; they add up to the amount."""
    deals = company.deals
    lines = draw_lines(rng, deals)
    return {
        "Id": RecordId(LINE, np.arange(len(lines.deal))),
        "OpportunityId": RecordId(DEAL, lines.deal),
        "Product2Id": RecordId(PRODUCT, lines.product),
        "Quantity": Whole(lines.quantity),
        "UnitPrice": Fixed(lines.total // lines.quantity),
        "TotalPrice": Fixed(lines.total),
        "CurrencyIsoCode": Label(deals.currency[lines.deal], CURRENCIES),
        "CreatedDate": Instant(deals.created_at[lines.deal]),
        "LastModifiedDate": Instant(deals.changed_at[lines.deal]),
        "IsDeleted": Flag(deals.is_deleted[lines.deal]),
    }


def product_table(company: CompanyParts) -> Table:
    """What is sold."""
    count = len(PRODUCTS)
    at = np.full(count, company.timeline.start_at - 400 * 24 * HOUR_MS)
    names, codes, families = (list(column) for column in zip(*PRODUCTS, strict=True))
    return {
        "Id": RecordId(PRODUCT, np.arange(count)),
        "Name": texts(names),
        "ProductCode": texts(codes),
        "Family": texts([PRODUCT_FAMILIES[family] for family in families]),
        "IsActive": Flag(np.ones(count, dtype=bool)),
        "CreatedDate": Instant(at),
        "LastModifiedDate": Instant(at),
        "IsDeleted": Flag(np.zeros(count, dtype=bool)),
    }


def partner_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Partners that the CRM knows to have sourced or influenced deals, and rows entered by mistake and deleted."""
    deals, known = company.deals, company.lifecycle.registrations
    sourced = np.flatnonzero(known.crm_partner >= 0)
    influenced, which = np.nonzero(known.crm_influencer >= 0)
    mistaken = np.flatnonzero((known.crm_partner < 0) & (rng.random(len(deals)) < 0.006))
    deal = np.concatenate((sourced, influenced, mistaken))
    partner = np.concatenate(
        (
            known.crm_partner[sourced],
            known.crm_influencer[influenced, which],
            rng.integers(0, len(company.partners), len(mistaken)),
        )
    )
    role = np.concatenate(
        (
            np.full(len(sourced), SOURCED),
            rng.integers(1, len(ROLES), len(influenced)),
            np.full(len(mistaken), SOURCED),
        )
    )
    is_deleted = np.arange(len(deal)) >= len(sourced) + len(influenced)
    order = np.lexsort((role, deal))
    deal, partner, role, is_deleted = (array[order] for array in (deal, partner, role, is_deleted))
    at = deals.created_at[deal]
    return {
        "Id": RecordId(PARTNER_ROW, np.arange(len(deal))),
        "OpportunityId": RecordId(DEAL, deal),
        "AccountToId": partner_account(company, partner),
        "Role": Label(role, ROLES),
        "IsPrimary": Flag(role == SOURCED),
        "CreatedDate": Instant(at),
        "LastModifiedDate": Instant(at),
        "IsDeleted": Flag(is_deleted | deals.is_deleted[deal]),
    }


def task_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Tasks; a planned one has no completion, and was created on the last simulated day."""
    tasks, notes, timeline = company.tasks, company.notes, company.timeline
    done = ~tasks.is_planned
    # A task is usually entered when it is done, but some were on the list for a while before.
    anchor = np.where(tasks.lead >= 0, company.leads.created_at[tasks.lead], 0)
    anchor = np.where(tasks.deal >= 0, company.deals.created_at[tasks.deal], anchor)
    may_wait = ~tasks.is_automatic & (tasks.at - anchor > HOUR_MS)
    waits = may_wait & (rng.random(len(tasks)) < 0.2)
    ahead = np.where(waits, rng.integers(1, 20, len(tasks)) * MINUTE_MS, 0)
    created = np.where(done, tasks.at - ahead, timeline.end_at - 10 * HOUR_MS)
    versions = draw_versions(rng, done & (ahead > 0), 0.002)
    row = versions.row
    is_call = tasks.kind[row] == CALL
    is_current = ~versions.is_old & done[row]
    status = np.where(is_current, 1, 0)
    lead, contact, deal = tasks.lead[row], tasks.contact[row], tasks.deal[row]
    meeting = tasks.subject[row] == MEETING
    topic = Label(rng.integers(0, 3, len(row)), (" about needs", " about the offer", " on next steps"))
    subject = Label(tasks.subject[row], SUBJECTS)
    return {
        "Id": RecordId(TASK, row),
        "WhoId": Choice((lead < 0).astype(np.int64), (RecordId(LEAD, lead), RecordId(CONTACT, contact))),
        "WhatId": RecordId(DEAL, deal),
        "AccountId": RecordId(ACCOUNT, contact),
        "OwnerId": rep_user(company, tasks.owner[row]),
        "Subject": Choice(meeting.astype(np.int64), (subject, Joined((subject, topic)))),
        "TaskSubtype": Label(tasks.kind[row], SUBTYPES),
        "Status": Label(status, ("Open", "Completed")),
        "ActivityDate": Day(local_day(tasks.at[row])),
        "CallType": Label(
            np.where(is_call, tasks.is_inbound[row].astype(np.int64), -1), ("Outbound", "Inbound")
        ),
        "CallDurationInSeconds": Whole(tasks.seconds[row], is_call & is_current),
        "CallDisposition": Label(np.where(is_current, tasks.disposition[row], -1), DISPOSITIONS),
        "Is_Automated__c": Flag(tasks.is_automatic[row]),
        "Is_Value_Added__c": Label(np.where(is_current, notes.value_added[row], -1), ("false", "true")),
        "Agreed_Followup__c": Label(np.where(is_current, notes.agreed[row], -1), ("false", "true")),
        "CreatedDate": Instant(created[row]),
        "CompletedDateTime": Instant(np.where(is_current, tasks.at[row], NEVER)),
        "LastModifiedDate": Instant(np.where(is_current, tasks.at[row], created[row])),
        "IsDeleted": Flag(tasks.is_deleted[row]),
    }


def order_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Orders; an older version has another amount."""
    orders = company.orders
    created = np.minimum(local_midnight(orders.day) + 15 * HOUR_MS, company.timeline.end_at - HOUR_MS)
    modified = created + 5 * MINUTE_MS
    versions = draw_versions(rng, ~orders.is_deleted, 0.008)
    row = versions.row
    repeat = (orders.deal[row] < 0).astype(np.int64)
    return {
        "Id": RecordId(ORDER, row),
        "AccountId": RecordId(ACCOUNT, orders.account[row]),
        "OpportunityId": RecordId(DEAL, orders.deal[row]),
        "OrderNumber": Numbered("%08d", row + 100),
        "Status": constant("Activated", len(row)),
        "EffectiveDate": Day(orders.day[row]),
        "TotalAmount": Fixed(versions.pick(orders.amount, orders.amount * 9 // 10)),
        "Cost__c": Fixed(orders.cost[row]),
        "CurrencyIsoCode": Label(orders.currency[row], CURRENCIES),
        "Type": Label(repeat, ("New", "Repeat")),
        "OwnerId": rep_user(company, orders.owner[row]),
        "CreatedDate": Instant(created[row]),
        "LastModifiedDate": Instant(versions.pick(modified, created)),
        "IsDeleted": Flag(orders.is_deleted[row]),
    }


def customer_cost_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """The warehouse's own format for costs; customers are the CRM's accounts."""
    costs = company.costs
    updated = np.minimum(local_midnight(costs.day) + 18 * HOUR_MS, company.timeline.end_at - HOUR_MS)
    versions = draw_versions(rng, ~costs.is_deleted, 0.003)
    row = versions.row
    return {
        "cost_id": Numbered("C%06d", row + 1),
        "customer_source_system": constant("salesforce", len(row)),
        "customer_id": RecordId(ACCOUNT, costs.account[row]),
        "incurred_on": Day(costs.day[row]),
        "kind": Label(costs.kind[row], COST_KINDS),
        "amount": Fixed(versions.pick(costs.amount, costs.amount * 2)),
        "currency": Label(costs.currency[row], CURRENCIES),
        "updated_at": Instant(versions.pick(updated, updated - 2 * HOUR_MS)),
        "is_deleted": Flag(costs.is_deleted[row]),
    }
