"""The small maps that analysts edit: rates, stages, channels, campaigns, partner terms, windows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.channels import CHANNEL_MAP
from simulator.columns import Choice, Column, Day, Fixed, Label, RecordId, Table, Whole
from simulator.company import CompanyParts
from simulator.deal_paths import LOST, QUALIFICATION, STAGES, WON
from simulator.deals import ROLES, SOURCED
from simulator.exports_people import CAMPAIGN, constant, partner_account, rep_user
from simulator.exports_service import holiday_rows, hours_rows
from simulator.marketing import PLATFORMS
from simulator.money import CURRENCIES, EUR
from simulator.staff import COMMISSION, REGIONS, TIERS
from simulator.targets import PARTNER, PERIODS, REP, SCOPES, TEAM, codes, scope_numbers
from simulator.web import EVENTS

GENERIC_STAGES = ("Prospecting", "Qualified", "Proposal", "Negotiation", "Won", "Lost")
MATURITY_DAYS = (
    ("close_rate", 180),
    ("win_rate", 180),
    ("lead_to_customer_time", 180),
    ("stage_conversion", 90),
    ("campaign_cost", 90),
    ("response_time", 30),
    ("call_conversion", 30),
    ("customer_journey", 30),
    ("customer_retention", 30),
    ("cohort_ltv", 30),
    ("repeat_purchase", 365),
)

# priority, platform, channel, too seldom below, too often above: people put up with less on a social network
FREQUENCY_THRESHOLDS = (
    (10, "meta_ads", None, "1.5", "3.5"),
    (20, None, "Display", "2", "6"),
    (100, None, None, "1.5", "5"),
)


def written_table(header: str, rows: Sequence[Sequence[object]]) -> Table:
    """A table of a few written-down rows; None is null."""
    table: dict[str, Column] = {}
    for name, values in zip(header.split(","), zip(*rows, strict=True), strict=True):
        labels = list(dict.fromkeys(str(value) for value in values if value is not None))
        code = [labels.index(str(value)) if value is not None else -1 for value in values]
        table[name] = Label(np.array(code), labels or [""])
    return table


def rate_table(company: CompanyParts) -> Table:
    """Business days only; the reporting currency needs no rate to itself."""
    rates = company.rates
    foreign = [number for number in range(len(CURRENCIES)) if number != EUR]
    day = np.repeat(rates.business_days, len(foreign))
    currency = np.tile(foreign, len(rates.business_days))
    return {
        "rate_on": Day(day),
        "from_currency": Label(currency, CURRENCIES),
        "to_currency": constant(CURRENCIES[EUR], len(day)),
        "rate": Fixed(rates.millionths[:, foreign].ravel(), 6),
    }


def stage_rows() -> list[tuple[object, ...]]:
    """Ladder and outcome of each stage; a deal counts as qualified from its second stage on."""
    rows: list[tuple[object, ...]] = []
    for number, stage in enumerate(STAGES):
        outcome = "won" if number == WON else "lost" if number == LOST else "open"
        qualified = number != LOST and number >= QUALIFICATION
        rows.append(
            ("salesforce", stage, None if number == LOST else number + 1, outcome, str(qualified).lower())
        )
    for number, stage in enumerate(GENERIC_STAGES):
        outcome = stage.lower() if stage in ("Won", "Lost") else "open"
        qualified = stage not in ("Prospecting", "Lost")
        rows.append(
            ("generic", stage, None if stage == "Lost" else number + 1, outcome, str(qualified).lower())
        )
    return rows


def campaign_map_table(company: CompanyParts) -> Table:
    """CRM campaigns that mirror a campaign of an ad platform."""
    plan = company.plan
    count = company.campaigns.mirrors
    return {
        "source_system": constant("salesforce", count),
        "campaign_id": RecordId(CAMPAIGN, np.arange(count)),
        "platform": Label(plan.campaign_platform, PLATFORMS),
        "platform_campaign_id": Whole(plan.campaign_id),
    }


def partner_terms_table(company: CompanyParts) -> Table:
    """Tier, region and commission of each channel partner."""
    partners = company.partners
    count = len(partners)
    region = np.array([0, 1, 1, 2, 2])[partners.people.country]
    return {
        "source_system": constant("salesforce", count),
        "partner_id": partner_account(company, np.arange(count)),
        "tier": Label(partners.tier, TIERS),
        "region": Label(region, REGIONS),
        "commission_rate": Label(partners.tier, [f"{rate:.2f}" for rate in COMMISSION]),
    }


def scope_ids(company: CompanyParts) -> Column:
    """Id of each target's scope: a user, a team, a partner's account, or all."""
    targets = company.targets
    return Choice(
        codes(targets, "scope_kind"),
        (
            constant("all", len(targets)),
            rep_user(company, scope_numbers(targets, REP)),
            Label(scope_numbers(targets, TEAM), company.staff.team_labels()),
            partner_account(company, scope_numbers(targets, PARTNER)),
        ),
    )


def target_table(company: CompanyParts) -> Table:
    """Targets in the order in which they were written: the later of two with the same key counts."""
    targets = company.targets

    def written(name: str) -> Column:
        values = [getattr(target, name) for target in targets]
        labels = list(dict.fromkeys(value for value in values if value is not None))
        code = {label: number for number, label in enumerate(labels)}
        return Label(np.array([code.get(value, -1) for value in values]), labels or [""])

    minimum = codes(targets, "minimum_n")
    return {
        "kpi_id": written("kpi_id"),
        "scope_kind": Label(codes(targets, "scope_kind"), SCOPES),
        "scope_id": scope_ids(company),
        "period_kind": Label(codes(targets, "period_kind"), PERIODS),
        "period_start_on": written("period_start"),
        "target": written("value"),
        "warning": written("warning"),
        "critical": written("critical"),
        "minimum_n": Whole(minimum, minimum >= 0),
        "currency": Label(codes(targets, "currency"), CURRENCIES),
    }


def reference_tables(company: CompanyParts) -> dict[str, Table]:
    """All reference files, by object name."""
    roles = [
        ("salesforce", role, "sourced" if number == SOURCED else "influenced")
        for number, role in enumerate(ROLES)
    ]
    roles += [("generic", role, role) for role in ("sourced", "influenced")]
    return {
        "fx_rate": rate_table(company),
        "stage_map": written_table("source_system,stage,stage_order,outcome,is_qualified", stage_rows()),
        "channel_map": written_table(
            "priority,utm_source,utm_medium,lead_source,channel,channel_group", CHANNEL_MAP
        ),
        "campaign_map": campaign_map_table(company),
        "partner_terms": partner_terms_table(company),
        "partner_role_map": written_table("source_system,role,partner_role", roles),
        "web_action_map": written_table(
            "event_name,action",
            [(event, action) for event, action, _ in EVENTS if action] + [("download", "download")],
        ),
        "frequency_threshold": written_table(
            "priority,platform,channel,too_seldom_below,too_often_above", FREQUENCY_THRESHOLDS
        ),
        "target": target_table(company),
        "business_hours": written_table("weekday,opens_at,closes_at", hours_rows()),
        "holiday": written_table("holiday_on,name,opens_at,closes_at", holiday_rows(company)),
        "maturity_window": written_table("kpi_id,maturity_days", MATURITY_DAYS),
    }
