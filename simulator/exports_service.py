"""Exports about service: cases and their tasks from the CRM; web forms, quotes and surveys from other systems."""

from __future__ import annotations

import numpy as np

from simulator.business_calendar import CLOSES_AT, OPENS_AT, WORKDAYS, holidays
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
from simulator.exports_people import ACCOUNT, CONTACT, DEAL, LEAD, constant, rep_user
from simulator.money import CURRENCIES
from simulator.service import CASE_CHANNELS, CASE_KINDS, REASONS, SURVEY_KINDS
from simulator.timeline import NEVER, IntArray, local_day

CASE, GROUP, TASK = "500", "00G", "00T"
CRM = "salesforce"


def maybe_rep(company: CompanyParts, rep: IntArray) -> RecordId:
    """User ids of reps; -1 is null."""
    return RecordId(rep_user(company, rep).prefix, np.where(rep >= 0, company.staff.first_rep + rep, -1))


def case_table(company: CompanyParts) -> Table:
    """Cases; an older version is one from before the first response."""
    requests, versions = company.service.requests, company.service.requests.case_versions
    cases = np.arange(requests.cases)
    row = versions.row
    owner = requests.owner[row]
    resolved = versions.pick(requests.resolved_at[cases], int(NEVER))
    logged = versions.pick(requests.logged_at[cases], int(NEVER))
    is_closed = resolved != NEVER
    created = requests.requested_at[row]
    priority = requests.kind[row]
    return {
        "Id": RecordId(CASE, row),
        "CaseNumber": Numbered("%08d", row + 1000),
        "AccountId": RecordId(ACCOUNT, requests.account[row]),
        "ContactId": RecordId(CONTACT, requests.account[row]),
        "OwnerId": Choice(
            (owner < 0).astype(np.int64), (rep_user(company, owner), RecordId(GROUP, np.zeros(len(row), int)))
        ),
        "Subject": Label(requests.kind[row], [f"{kind} about the product" for kind in CASE_KINDS]),
        "Origin": Label(requests.channel[row], CASE_CHANNELS),
        "Status": Label(
            np.where(is_closed, 2, (logged != NEVER).astype(np.int64)), ("New", "Working", "Closed")
        ),
        "Priority": Label(priority, ("Low", "Medium", "High")),
        "Type": Label(requests.kind[row], CASE_KINDS),
        "CreatedDate": Instant(created),
        "First_Response__c": Instant(logged),
        "ClosedDate": Instant(resolved),
        "IsClosed": Flag(is_closed),
        "IsEscalated": Flag(requests.reopens[row] > 1),
        "Reopened_Count__c": Whole(requests.reopens[row], requests.reopens[row] >= 0),
        "LastModifiedDate": Instant(np.maximum(created, np.maximum(resolved, logged))),
        "IsDeleted": Flag(requests.is_deleted[row]),
    }


def reply_table(company: CompanyParts) -> Table:
    """Tasks of cases: they follow the other tasks."""
    replies = company.service.replies
    count = len(replies)
    account = company.service.requests.account[replies.request]
    at = Instant(replies.at)
    subject = np.where(replies.is_automatic, 1, np.where(replies.is_inbound, 2, 0))
    return {
        "Id": RecordId(TASK, len(company.tasks) + np.arange(count)),
        "WhoId": RecordId(CONTACT, account),
        "WhatId": RecordId(CASE, replies.request),
        "AccountId": RecordId(ACCOUNT, account),
        "OwnerId": rep_user(company, replies.owner),
        "Subject": Label(subject, ("Answer", "Automatic reply", "Customer called")),
        "TaskSubtype": Label(replies.is_inbound.astype(np.int64), ("Email", "Call")),
        "Status": constant("Completed", count),
        "ActivityDate": Day(local_day(replies.at)),
        "CallType": Label(np.where(replies.is_inbound, 0, -1), ("Inbound",)),
        "CallDurationInSeconds": Empty(count),
        "CallDisposition": Empty(count),
        "Is_Automated__c": Flag(replies.is_automatic),
        "Is_Value_Added__c": Empty(count),
        "Agreed_Followup__c": Empty(count),
        "CreatedDate": at,
        "CompletedDateTime": at,
        "LastModifiedDate": at,
        "IsDeleted": Flag(replies.is_deleted),
    }


def request_table(company: CompanyParts) -> Table:
    """Web forms of leads, from the website: who answered them stands in the CRM."""
    requests = company.service.requests
    row = np.arange(requests.cases, len(requests))
    count = len(row)
    at = Instant(requests.requested_at[row])
    return {
        "request_id": Numbered("R%06d", row - requests.cases + 1),
        "kind": constant("Inquiry", count),
        "channel": constant("Web form", count),
        "subject": Empty(count),
        "crm_source_system": constant(CRM, count),
        "lead_id": RecordId(LEAD, requests.lead[row]),
        "contact_id": Empty(count),
        "account_id": Empty(count),
        "opportunity_id": Empty(count),
        "owner_id": maybe_rep(company, requests.owner[row]),
        "requested_at": at,
        "first_human_response_at": Empty(count),
        "response_seconds": Empty(count),
        "responder_id": Empty(count),
        "resolved_at": Empty(count),
        "reopened_at": Empty(count),
        "reopens_count": Empty(count),
        "contacts_count": Empty(count),
        "status": constant("open", count),
        "is_resolved": Empty(count),
        "satisfaction_score": Empty(count),
        "satisfaction_scale_maximum": Empty(count),
        "satisfaction_reason": Empty(count),
        "updated_at": at,
        "is_deleted": Flag(requests.is_deleted[row]),
    }


def quote_table(company: CompanyParts) -> Table:
    """Revisions of quotes; some are never sent."""
    quotes, deals = company.service.quotes, company.deals
    count = len(quotes)
    return {
        "quote_id": Numbered("Q%06d", quotes.quote + 1),
        "revision_number": Whole(quotes.revision),
        "crm_source_system": constant(CRM, count),
        "opportunity_id": RecordId(DEAL, quotes.deal),
        "rep_id": rep_user(company, deals.owner[quotes.deal]),
        "requested_at": Instant(np.where(quotes.is_asked, quotes.requested_at, NEVER)),
        "sent_at": Instant(quotes.sent_at),
        "is_final": Label(quotes.flag, ("false", "true")),
        "amount": Fixed(quotes.amount),
        "currency": Label(deals.currency[quotes.deal], CURRENCIES),
        "updated_at": Instant(np.maximum(quotes.requested_at, quotes.sent_at)),
        "is_deleted": Flag(quotes.is_deleted),
    }


def survey_table(company: CompanyParts) -> Table:
    """Surveys, answered or not."""
    surveys = company.service.surveys
    count = len(surveys)
    return {
        "survey_id": Numbered("S%06d", np.arange(count) + 1),
        "survey_kind": Label(surveys.kind, SURVEY_KINDS),
        "crm_source_system": constant(CRM, count),
        "respondent_id": RecordId(CONTACT, surveys.account),
        "request_source_system": Empty(count),
        "request_id": RecordId(CASE, surveys.request),
        "customer_id": RecordId(ACCOUNT, surveys.account),
        "rep_id": maybe_rep(company, surveys.rep),
        "sent_at": Instant(surveys.sent_at),
        "answered_at": Instant(np.where(surveys.is_time_noted, surveys.answered_at, NEVER)),
        "score": Whole(surveys.score, surveys.score >= 0),
        "scale_maximum": Whole(surveys.scale, surveys.scale >= 0),
        "is_resolved": Label(surveys.says_resolved, ("false", "true")),
        "reason": Label(surveys.reason, REASONS),
        "updated_at": Instant(np.maximum(surveys.sent_at, surveys.answered_at)),
        "is_deleted": Flag(surveys.is_deleted),
    }


def hours_rows() -> list[tuple[object, ...]]:
    """Opening hours, a row per weekday."""
    return [(weekday, f"{OPENS_AT:02d}:00", f"{CLOSES_AT:02d}:00") for weekday in WORKDAYS]


def holiday_rows(company: CompanyParts) -> list[tuple[object, ...]]:
    """Holidays, and the days before them that end early."""
    return [
        (day.isoformat(), name, None, None if hour is None else f"{hour:02d}:00")
        for day, (name, hour) in holidays(company.timeline).items()
    ]
