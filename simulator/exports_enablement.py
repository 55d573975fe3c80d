"""The warehouse's own formats for sales contents, their uses and trainings; deals and reps are the CRM's."""

from __future__ import annotations

import numpy as np

from simulator.columns import Day, Flag, Instant, Joined, Label, Numbered, RecordId, Table, Whole
from simulator.company import CompanyParts
from simulator.enablement import CONTENT_KINDS, CONTENT_SUBJECTS, MINUTES, TOPICS, TRAINING_KINDS
from simulator.exports_people import ACCOUNT, DEAL, MINUTE_MS, constant, rep_user
from simulator.timeline import HOUR_MS, NO_DAY, local_midnight
from simulator.versions import draw_versions

CONTENT_ID, USE_ID, TRAINING_ID = "K%03d", "U%07d", "T%05d"


def content_table(company: CompanyParts) -> Table:
    """Contents; nobody changed one since it was published."""
    contents = company.enablement.contents
    count = len(contents)
    known = np.where(contents.published_day == NO_DAY, company.timeline.first_day, contents.published_day)
    return {
        "content_id": Numbered(CONTENT_ID, np.arange(count)),
        "content_name": Joined(
            (Label(contents.kind, CONTENT_KINDS), " ", Label(contents.subject, CONTENT_SUBJECTS))
        ),
        "kind": Label(contents.kind, CONTENT_KINDS),
        "published_on": Day(contents.published_day),
        "owner": constant("Sales enablement", count),
        "updated_at": Instant(local_midnight(known) + 9 * HOUR_MS),
        "is_deleted": Flag(contents.is_deleted),
    }


def content_use_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Uses; an older version was written before the customer rated the content."""
    uses = company.enablement.uses
    versions = draw_versions(rng, ~uses.is_deleted, 0.004)
    row = versions.row
    viewed = uses.viewed[row]
    return {
        "use_id": Numbered(USE_ID, row + 1),
        "content_id": Numbered(CONTENT_ID, uses.content[row]),
        "crm_source_system": constant("salesforce", len(row)),
        "opportunity_id": RecordId(DEAL, uses.deal[row]),
        "rep_id": rep_user(company, uses.rep[row]),
        "account_id": RecordId(ACCOUNT, uses.account[row]),
        "used_at": Instant(uses.at[row]),
        "viewed_by_customer": Label(viewed, ("false", "true")),
        "view_seconds": Whole(uses.seconds[row], viewed == 1),
        "rating": Whole(versions.pick(uses.rating, 1), versions.pick(uses.rating > 0, True)),
        "updated_at": Instant(versions.pick(uses.at, uses.at - HOUR_MS)),
        "is_deleted": Flag(uses.is_deleted[row]),
    }


def training_table(company: CompanyParts, rng: np.random.Generator) -> Table:
    """Trainings, also planned ones; an older version was a plan for two hours earlier."""
    trainings, timeline = company.enablement.trainings, company.timeline
    versions = draw_versions(rng, ~trainings.is_deleted, 0.02)
    row = versions.row
    updated = np.minimum(trainings.at, timeline.end_at - HOUR_MS)
    minutes = trainings.minutes[row]
    return {
        "training_id": Numbered(TRAINING_ID, trainings.session[row] + 1),
        "crm_source_system": constant("salesforce", len(row)),
        "rep_id": rep_user(company, trainings.rep[row]),
        "kind": Label(trainings.kind[row], TRAINING_KINDS),
        "topic": Label(trainings.topic[row], TOPICS),
        "held_at": Instant(versions.pick(trainings.at, trainings.at - 2 * HOUR_MS)),
        "duration_minutes": Label(minutes, [str(length) for length in MINUTES]),
        "updated_at": Instant(versions.pick(updated, updated - 30 * MINUTE_MS)),
        "is_deleted": Flag(trainings.is_deleted[row]),
    }
