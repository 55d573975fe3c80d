"""What a simulation run is asked to do, and the errors it answers with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime

REPORTING_ZONE = "Europe/Istanbul"
# Türkiye has kept UTC+3 all year since September 2016, so from 2017 on the offset is a constant.
EARLIEST_START = date(2017, 1, 1)
LATEST_START = date(2060, 1, 1)
MAXIMUM_MONTHS = 240
MAXIMUM_SCALE = 20_000.0


class SimulationError(ValueError):
    """A request that the simulator cannot fulfil; the message is meant for a person."""


@dataclass(frozen=True)
class SimulationSettings:
    """The arguments of one run. Equal settings give equal bytes.

    seed: non-negative integer that starts every random stream.
    scale: size of the company; 1 is the sample company, 100 has about a hundred times its rows.
    start: first local day of the simulated time.
    months: number of whole months that are simulated.
    """

    seed: int = 7
    scale: float = 1.0
    start: date = date(2023, 1, 1)
    months: int = 24

    def __post_init__(self) -> None:
        if isinstance(self.seed, bool) or not isinstance(self.seed, int) or self.seed < 0:
            raise SimulationError(f"seed must be a whole number of 0 or more, not {self.seed!r}")
        if not (isinstance(self.scale, (int, float)) and math.isfinite(self.scale)):
            raise SimulationError(f"scale must be a number, not {self.scale!r}")
        if not 0 < self.scale <= MAXIMUM_SCALE:
            raise SimulationError(f"scale must lie above 0 and at most {MAXIMUM_SCALE:g}, not {self.scale!r}")
        if not isinstance(self.start, date) or isinstance(self.start, datetime):
            raise SimulationError(f"start must be a date, not {self.start!r}")
        if self.start.day != 1:
            raise SimulationError(f"start must be the first day of a month, not {self.start}")
        if not EARLIEST_START <= self.start <= LATEST_START:
            raise SimulationError(
                f"start must lie between {EARLIEST_START} and {LATEST_START}, not {self.start}"
            )
        if isinstance(self.months, bool) or not isinstance(self.months, int):
            raise SimulationError(f"months must be a whole number, not {self.months!r}")
        if not 1 <= self.months <= MAXIMUM_MONTHS:
            raise SimulationError(f"months must lie between 1 and {MAXIMUM_MONTHS}, not {self.months}")

    def count(self, per_two_years: float, minimum: int = 1) -> int:
        """Number of things that grow with scale and time, given their number in the sample."""
        return max(minimum, round(per_two_years * self.scale * self.months / 24))

    def standing(self, in_sample: int, minimum: int) -> int:
        """Number of things that grow with the square root of scale (reps, teams, partners)."""
        return max(minimum, round(in_sample * math.sqrt(self.scale)))
