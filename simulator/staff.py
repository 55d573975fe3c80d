"""The company's own people and its channel partners: users, teams, regions and who sells when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.names import People, draw_people
from simulator.settings import SimulationSettings
from simulator.timeline import NO_DAY, IntArray, Timeline

REGIONS = ("Türkiye", "Europe", "Americas & Asia")
TEAM_NAMES = ("Anatolia", "Marmara", "Northern Europe", "Western Europe", "Americas & Asia")
TEAM_REGION = (0, 0, 1, 1, 2)
STAFF_COUNTRY = (0, 0, 1, 2, 3)
TIERS = ("gold", "silver", "bronze")
COMMISSION = (0.12, 0.1, 0.08)
# A rep who barely sells, so that intervals are wide, and one whose few deals were all won.
RARE_REP = 4
PERFECT_REP = 9
PERFECT_DEALS = 3
FAR_DAY = 10**7


@dataclass(frozen=True)
class Staff:
    """Users are numbered 0 = vice president, then team managers, then reps.

    people, created_day, left_day: one value for each user; left_day is `NO_DAY` for those who stay.
    team: (users,) team number, -1 for the vice president.
    weight: (reps,) relative number of new deals; skill: (reps,) log-odds added to winning.
    """

    people: People
    created_day: IntArray
    left_day: IntArray
    team: IntArray
    teams: int
    weight: NDArray[np.float64]
    skill: NDArray[np.float64]

    @property
    def users(self) -> int:
        return len(self.created_day)

    @property
    def first_rep(self) -> int:
        """User number of the first rep."""
        return 1 + self.teams

    @property
    def reps(self) -> int:
        return self.users - self.first_rep

    def team_region(self) -> IntArray:
        """(teams,) region number."""
        return np.array([TEAM_REGION[team % len(TEAM_REGION)] for team in range(self.teams)])

    def team_labels(self) -> list[str]:
        rounds = (divmod(team, len(TEAM_NAMES)) for team in range(self.teams))
        return [TEAM_NAMES[name] + (f" {turn + 1}" if turn else "") for turn, name in rounds]

    def manager(self) -> IntArray:
        """(users,) user number of the manager, -1 for the vice president."""
        is_rep = np.arange(self.users) >= self.first_rep
        manager = np.where(is_rep, 1 + self.team, 0)
        manager[0] = -1
        return manager


@dataclass(frozen=True)
class Partners:
    """Channel partners; one value each. effect: log-odds added to winning a deal they bring."""

    people: People
    created_day: IntArray
    tier: IntArray
    weight: NDArray[np.float64]
    effect: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.tier)


def draw_staff(rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline) -> Staff:
    """Teams of about five reps; some reps join late and some leave."""
    reps = settings.standing(24, minimum=12)
    teams = max(5, reps // 5)
    users = 1 + teams + reps
    team = np.concatenate(([-1], np.arange(teams), np.arange(reps) % teams))
    country = np.array([STAFF_COUNTRY[number % len(STAFF_COUNTRY)] for number in team])
    created = timeline.first_day - rng.integers(60, 1500, users)
    left = np.full(users, NO_DAY)
    moves = np.arange(reps)
    first = 1 + teams
    joins_late = first + moves[moves % 8 == 6]
    created[joins_late] = timeline.first_day + rng.integers(0, max(1, timeline.days // 2), len(joins_late))
    leaves = first + moves[moves % 8 == 3]
    left[leaves] = timeline.first_day + timeline.days * rng.integers(45, 80, len(leaves)) // 100
    weight = rng.gamma(10.0, 0.1, reps)
    weight[RARE_REP] = 0.12
    weight[PERFECT_REP] = 0.0
    skill = rng.normal(0.0, 0.3, reps)
    return Staff(draw_people(rng, 1, country), created, left, team, teams, weight, skill)


def draw_partners(
    rng: np.random.Generator, settings: SimulationSettings, timeline: Timeline, first_number: int
) -> Partners:
    """Partners with a tier, some of whom bring better deals than others."""
    count = settings.standing(6, minimum=4)
    country = np.arange(count) % 5
    return Partners(
        draw_people(rng, first_number, country),
        timeline.first_day - rng.integers(200, 900, count),
        np.arange(count) % len(TIERS),
        rng.gamma(3.0, 1 / 3.0, count) + 0.2,
        rng.normal(0.2, 0.35, count),
    )


def assign_reps(rng: np.random.Generator, staff: Staff, timeline: Timeline, day: IntArray) -> IntArray:
    """A rep (0-based among reps) for each local day, by weight among those employed that month.

    Someone counts as employed in months that lie wholly between joining and leaving.
    """
    created = staff.created_day[staff.first_rep :]
    left = np.where(staff.left_day == NO_DAY, FAR_DAY, staff.left_day)[staff.first_rep :]
    month = timeline.month_index(day)
    chosen = np.zeros(len(day), dtype=np.int64)
    draw = rng.random(len(day))
    for number in np.unique(month):
        rows = month == number
        first = timeline.month_start(int(number))
        employed = (created <= first) & (left > first + 31)
        cumulative = np.cumsum(np.where(employed, staff.weight, 0.0))
        chosen[rows] = np.searchsorted(cumulative / cumulative[-1], draw[rows], side="right")
    return chosen
