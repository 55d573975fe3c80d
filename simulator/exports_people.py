"""CRM exports about people and companies: users, accounts, contacts, leads, campaigns, members."""

from __future__ import annotations

import numpy as np

from simulator import channels
from simulator.columns import (
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
from simulator.deals import INDUSTRIES, SEGMENTS
from simulator.leads import OPEN, STATUSES
from simulator.marketing import CAMPAIGN_TYPES, GOOGLE, THEMES
from simulator.money import CURRENCIES, EUR
from simulator.names import COUNTRY_CODES, join_people
from simulator.staff import REGIONS
from simulator.timeline import DAY_MS, HOUR_MS, NEVER, NO_DAY, IntArray, local_day, local_midnight
from simulator.versions import draw_versions

USER, ACCOUNT, CONTACT, LEAD, CAMPAIGN, MEMBER, DEAL = "005", "001", "003", "00Q", "701", "00v", "006"
ACCOUNT_TYPES = ("Customer", "Prospect", "Partner")
CUSTOMER, PROSPECT, PARTNER = range(3)
MINUTE_MS = 60_000


def constant(text: str, count: int) -> Label:
    """The same text in every row."""
    return Label(np.zeros(count, dtype=np.int64), (text,))


def texts(values: list[str]) -> Label:
    """A few texts, one for each row."""
    return Label(np.arange(len(values)), values)


def optional(*values: str | None) -> list[str]:
    """The distinct texts among values, in order; the labels of an optional column."""
    return list(dict.fromkeys(value for value in values if value is not None))


def rep_user(company: CompanyParts, rep: IntArray) -> RecordId:
    """User ids of reps."""
    return RecordId(USER, company.staff.first_rep + rep)


def partner_account(company: CompanyParts, partner: IntArray) -> RecordId:
    """Account ids of partners: they come after all other accounts."""
    return RecordId(ACCOUNT, np.where(partner >= 0, len(company.accounts) + partner, -1))


def user_table(company: CompanyParts) -> Table:
    """Reps, their managers and the vice president; those who left are inactive."""
    staff = company.staff
    team = np.where(staff.team < 0, -1, staff.team)
    region = np.where(staff.team < 0, -1, staff.team_region()[staff.team])
    created = local_midnight(staff.created_day) + 9 * HOUR_MS
    left = local_midnight(staff.left_day) + 17 * HOUR_MS
    has_left = staff.left_day != NO_DAY
    email = Joined((staff.people.email(),))
    return {
        "Id": RecordId(USER, np.arange(staff.users)),
        "Username": email,
        "Name": staff.people.full_name(),
        "Email": email,
        "Department": Label(team, staff.team_labels()),
        "Division": Label(region, REGIONS),
        "ManagerId": RecordId(USER, staff.manager()),
        "IsActive": Flag(~has_left),
        "CreatedDate": Instant(created),
        "LastModifiedDate": Instant(np.where(has_left, left, created + DAY_MS)),
    }


def account_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Customers and prospects, then channel partners."""
    accounts, partners, deals = company.accounts, company.partners, company.deals
    own, count = len(accounts), len(accounts) + len(partners)
    bought = np.zeros(own, dtype=bool)
    live = ~company.orders.is_deleted
    bought[company.orders.account[live]] = True
    changed = np.maximum(accounts.created_at, 0)
    np.maximum.at(changed, deals.account, deals.changed_at)
    changed = np.maximum(changed, accounts.created_at + MINUTE_MS)
    partner_at = local_midnight(partners.created_day) + 10 * HOUR_MS
    people = join_people(accounts.people, partners.people)
    kind = np.concatenate((np.where(bought, CUSTOMER, PROSPECT), np.full(len(partners), PARTNER)))
    segment = np.concatenate((accounts.segment, np.full(len(partners), -1)))
    owner = np.concatenate(
        (accounts.owner + company.staff.first_rep, 1 + np.arange(len(partners)) % company.staff.teams)
    )
    parent = np.where(rng.random(count) < 0.02, rng.integers(0, own, count), -1)
    parent = np.where((parent < np.arange(count)) & (kind != PARTNER), parent, -1)
    created = np.concatenate((accounts.created_at, partner_at))
    modified = np.concatenate((changed, partner_at + DAY_MS))
    versions = draw_versions(rng, (kind == CUSTOMER) & (modified > created + HOUR_MS), 0.006)
    row = versions.row
    older_segment = np.where(segment == 0, 1, np.maximum(segment - 1, 0))
    return {
        "Id": RecordId(ACCOUNT, row),
        "Name": people.take(row).company(),
        "Type": Label(versions.pick(kind, PROSPECT), ACCOUNT_TYPES),
        "Industry": Label(np.concatenate((accounts.industry, np.full(len(partners), -1)))[row], INDUSTRIES),
        "Segment__c": Label(versions.pick(segment, older_segment), SEGMENTS),
        "BillingCountry": Label(people.country[row], COUNTRY_CODES),
        "Phone": people.take(row).phone(),
        "Website": Joined(("www.firm", Numbered("%d", people.number[row]), ".example")),
        "NumberOfEmployees": Whole(
            np.concatenate((accounts.employees, rng.integers(8, 90, len(partners))))[row]
        ),
        "OwnerId": RecordId(USER, owner[row]),
        "ParentId": RecordId(ACCOUNT, parent[row]),
        "CreatedDate": Instant(created[row]),
        "LastModifiedDate": Instant(versions.pick(modified, created + MINUTE_MS)),
        "IsDeleted": Flag(np.zeros(len(row), dtype=bool)),
    }


def contact_table(company: CompanyParts) -> Table:
    """One contact for each account that is sold to."""
    accounts = company.accounts
    row = np.arange(len(accounts))
    return {
        "Id": RecordId(CONTACT, row),
        "AccountId": RecordId(ACCOUNT, row),
        "FirstName": accounts.people.first_name(),
        "LastName": accounts.people.last_name(),
        "Name": accounts.people.full_name(),
        "Email": accounts.people.email(),
        "Phone": accounts.people.phone(),
        "OwnerId": rep_user(company, accounts.owner),
        "CreatedDate": Instant(accounts.created_at),
        "LastModifiedDate": Instant(accounts.created_at),
        "IsDeleted": Flag(np.zeros(len(row), dtype=bool)),
    }


def lead_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Leads; an older version is one from before the lead was worked on or converted."""
    leads, plan = company.leads, company.plan
    count = len(leads)
    converted = leads.converted_at != NEVER
    touched = leads.created_at + rng.integers(1, 20 * 24 * 60, count) * MINUTE_MS
    touched = np.minimum(touched, company.timeline.end_at - 1000)
    modified = np.where(converted, leads.converted_at, np.maximum(touched, leads.created_at + 1))
    older_at = np.minimum(leads.created_at + MINUTE_MS, modified - 1)
    versions = draw_versions(rng, (leads.duplicate_of < 0) & (modified > leads.created_at + 1), 0.005)
    row = versions.row
    people = leads.people.take(row)
    source, ad = leads.source[row], leads.ad[row]
    has_ad = ad >= 0
    tagged = np.array([one.utm_source is not None for one in channels.SOURCES])[source]
    ad_tagged = has_ad & tagged
    is_google = plan.ad_platform[ad] == GOOGLE
    deal = versions.pick(leads.deal, -1)
    day = np.where(converted, local_day(leads.converted_at), NO_DAY)
    click = leads.click[row]
    return {
        "Id": RecordId(LEAD, row),
        "FirstName": people.first_name(),
        "LastName": people.last_name(),
        "Name": people.full_name(),
        "Company": people.company(),
        "Email": people.email(leads.email_style[row]),
        "Phone": people.phone(leads.phone_style[row]),
        "Country": Label(people.country, COUNTRY_CODES),
        "Status": Label(versions.pick(leads.status, OPEN), STATUSES),
        "LeadSource": source_label(source, "lead_source"),
        "OwnerId": rep_user(company, leads.owner[row]),
        "IsConverted": Flag(versions.pick(converted, False)),
        "ConvertedDate": Day(versions.pick(day, int(NO_DAY))),
        "ConvertedAccountId": RecordId(ACCOUNT, deal),
        "ConvertedContactId": RecordId(CONTACT, deal),
        "ConvertedOpportunityId": RecordId(DEAL, deal),
        "UTM_Source__c": source_label(source, "utm_source"),
        "UTM_Medium__c": source_label(source, "utm_medium"),
        "UTM_Campaign__c": Whole(plan.campaign_id[plan.ad_campaign[ad]], ad_tagged),
        "UTM_Content__c": Whole(plan.ad_id[ad], ad_tagged),
        "GCLID__c": Joined(("Cj0KCQ", Numbered("%010x", click)), has_ad & is_google),
        "FBCLID__c": Joined(("IwAR", Numbered("%010x", click)), has_ad & ~is_google),
        "Partner__c": partner_account(company, leads.partner[row]),
        "CreatedDate": Instant(leads.created_at[row]),
        "LastModifiedDate": Instant(versions.pick(modified, older_at)),
        "IsDeleted": Flag(leads.is_deleted[row]),
    }


def source_label(source: IntArray, field: str) -> Label:
    """A trace that a source leaves (`lead_source`, `utm_source`, `utm_medium`); source -1 is none."""
    values = [getattr(one, field) for one in channels.SOURCES]
    labels = optional(*values)
    table = np.array([labels.index(value) if value is not None else -1 for value in values] + [-1])
    return Label(table[source], labels)


def campaign_names(company: CompanyParts) -> list[str]:
    """Names of CRM campaigns: the platforms' names for mirrors, else type and number."""
    campaigns = company.campaigns
    mirrored = ad_campaign_names(company)
    kinds = [CAMPAIGN_TYPES[kind] for kind in campaigns.kind[campaigns.mirrors :]]
    return mirrored + [f"{kind} {number + 1}" for number, kind in enumerate(kinds)]


def ad_campaign_names(company: CompanyParts) -> list[str]:
    """Campaign names as the ad platforms show them."""
    plan = company.plan
    kinds = np.where(plan.campaign_platform != GOOGLE, 2, plan.campaign_is_display.astype(int))
    labels = ("Search", "Display", "Social")
    return [
        f"{labels[kind]} | {THEMES[rank % len(THEMES)]} {rank + 1}"
        for kind, rank in zip(kinds, plan.campaign_rank, strict=True)
    ]


def campaign_table(company: CompanyParts) -> Table:
    """Campaigns; mirrors of ad campaigns carry no cost, which the platforms report."""
    campaigns = company.campaigns
    count = len(campaigns)
    created = local_midnight(campaigns.first_day - 10) + 11 * HOUR_MS
    ended = campaigns.end_day < company.timeline.end_day
    modified = np.minimum(local_midnight(campaigns.end_day), company.timeline.end_at - HOUR_MS)
    paid = np.arange(count) >= campaigns.mirrors
    return {
        "Id": RecordId(CAMPAIGN, np.arange(count)),
        "Name": texts(campaign_names(company)),
        "Type": Label(campaigns.kind, CAMPAIGN_TYPES),
        "Status": Label(ended.astype(np.int64), ("In Progress", "Completed")),
        "StartDate": Day(campaigns.first_day),
        "EndDate": Day(campaigns.end_day - 1),
        "BudgetedCost": Fixed(campaigns.cost * 11 // 10, 2, paid),
        "ActualCost": Fixed(campaigns.cost, 2, paid),
        "CurrencyIsoCode": constant(CURRENCIES[EUR], count),
        "CreatedDate": Instant(created),
        "LastModifiedDate": Instant(np.maximum(created, modified)),
        "IsDeleted": Flag(np.zeros(count, dtype=bool)),
    }


def member_table(company: CompanyParts) -> Table:
    """Campaign members, with the day of their response if there was one."""
    members = company.members
    count = len(members)
    responded = members.responded_day != NO_DAY
    at = local_midnight(members.day) + 12 * HOUR_MS
    at = np.minimum(at, company.timeline.end_at - HOUR_MS)
    return {
        "Id": RecordId(MEMBER, np.arange(count)),
        "CampaignId": RecordId(CAMPAIGN, members.campaign),
        "LeadId": RecordId(LEAD, members.lead),
        "ContactId": RecordId(CONTACT, members.contact),
        "Status": Label(responded.astype(np.int64), ("Sent", "Responded")),
        "HasResponded": Flag(responded),
        "FirstRespondedDate": Day(members.responded_day),
        "CreatedDate": Instant(at),
        "LastModifiedDate": Instant(at),
        "IsDeleted": Flag(members.is_deleted),
    }
