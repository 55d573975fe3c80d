"""What people noted about calls and other activities: did it add value, may we contact you again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.activities import CALL, MEETING, Tasks
from simulator.timeline import IntArray

NOT_NOTED, NO, YES = -1, 0, 1
NOTE_MISSING = 0.05
VALUE_ADDED = 0.36  # of connected calls
FLAGGED_UNANSWERED = 0.02  # of calls that reached nobody: a slip of the finger
AGREES = {"call": 0.3, "meeting": 0.45, "email": 0.12}
AGREES_WITH_MACHINE = 0.01
# A rep who never fills the field in, so that the share of value-added calls is unknown.
SILENT_REP = 7


@dataclass(frozen=True)
class CallNotes:
    """One value for each task: `YES`, `NO` or `NOT_NOTED`.

    value_added: of calls only; agreed: of everything that has happened.
    """

    value_added: IntArray
    agreed: IntArray


def draw_call_notes(rng: np.random.Generator, tasks: Tasks) -> CallNotes:
    """Notes about what has happened; a planned task has none."""
    count = len(tasks)
    done = ~tasks.is_planned
    is_call, connected = done & (tasks.kind == CALL), tasks.disposition == 0
    chance = np.where(connected, VALUE_ADDED, FLAGGED_UNANSWERED)
    value_added = (rng.random(count) < chance).astype(np.int64)
    value_added[~is_call | (tasks.owner == SILENT_REP) | (rng.random(count) < NOTE_MISSING)] = NOT_NOTED

    reached = np.where(is_call, connected, True)
    by_kind = np.where(
        is_call, AGREES["call"], np.where(tasks.kind == MEETING, AGREES["meeting"], AGREES["email"])
    )
    chance = np.where(tasks.is_automatic, AGREES_WITH_MACHINE, np.where(reached, by_kind, 0.0))
    agreed = (rng.random(count) < chance).astype(np.int64)
    agreed[~done | (rng.random(count) < NOTE_MISSING)] = NOT_NOTED
    return CallNotes(value_added, agreed)
