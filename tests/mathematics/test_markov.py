"""Removal effects of channels: the catalogue's example, chains solved by hand, and random journeys against a walk in small steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mathematics.markov import CONVERSION, NULL, START, removal_effects

Journey = tuple[Sequence[str], bool]  # channels in the order of their touches, and whether it converted
Transitions = Mapping[tuple[str, str], float]


def transitions_of(journeys: Sequence[Journey]) -> Counter[tuple[str, str]]:
    """The steps of all journeys, counted."""
    steps: Counter[tuple[str, str]] = Counter()
    for channels, converted in journeys:
        states = [START, *channels, CONVERSION if converted else NULL]
        steps.update(pairwise(states))
    return steps


def probability_of_converting(transitions: Transitions, without: str | None = None) -> float:
    """P(CONVERSION | START), by adding up walks one step longer at a time until nothing moves.

    After n rounds `chance` holds the probability of converting within n steps, so that it grows to the answer from below.
    """
    totals: Counter[str] = Counter()
    for (origin, _), count in transitions.items():
        totals[origin] += count
    chance = dict.fromkeys([*totals, *(target for _, target in transitions)], 0.0)
    chance[CONVERSION] = 1.0
    moved = 1.0
    while moved > 1e-15:
        moved = 0.0
        for state, total in totals.items():
            if total == 0:
                continue
            found = sum(
                count / total * chance[target]
                for (origin, target), count in transitions.items()
                if origin == state and target != without
            )
            moved = max(moved, abs(found - chance[state]))
            chance[state] = found
    return chance.get(START, 0.0)


def removal_effects_by_walking(transitions: Transitions) -> dict[str, float]:
    """The definition: what share of the probability of converting is lost when each step into the channel ends."""
    states = {state for pair in transitions for state in pair}
    base = probability_of_converting(transitions)
    return {
        channel: 1 - probability_of_converting(transitions, channel) / base if base > 0 else 0.0
        for channel in states - {START, CONVERSION, NULL}
    }


def test_effects_and_totals_are_those_of_the_catalogue() -> None:
    # G+, G+, M+, G>M+, G-: P = 0.8; without G 0.2, without M 0.4
    effects = removal_effects(
        transitions_of([("G", True), ("G", True), ("M", True), ("GM", True), ("G", False)])
    )
    assert effects == pytest.approx({"G": 0.75, "M": 0.5}, abs=1e-12)
    totals = {channel: 4 * effect / sum(effects.values()) for channel, effect in effects.items()}
    assert totals == pytest.approx({"G": 2.4, "M": 1.6}, abs=1e-12)


def test_a_cycle_between_channels_needs_no_cut_off() -> None:
    # A>B>A+ and B-: x_A = (x_B + 1) / 2, x_B = x_A / 2, so 2/3 and 1/3 and P = 1/2; without B only A+ at once, 1/4
    effects = removal_effects(transitions_of([("ABA", True), ("B", False)]))
    assert effects == pytest.approx({"A": 1.0, "B": 0.5}, abs=1e-12)


def test_a_channel_that_follows_itself_keeps_its_own_chance() -> None:
    # A>A+, A-, B+: from A a third each goes to A, CONVERSION and NULL, so x_A = 1/2 and P = 2/3 x 1/2 + 1/3 = 2/3
    effects = removal_effects(transitions_of([("AA", True), ("A", False), ("B", True)]))
    assert effects == pytest.approx({"A": 0.5, "B": 0.5}, abs=1e-12)


def test_a_channel_nobody_converts_through_has_no_effect() -> None:
    assert removal_effects(transitions_of([("A", True), ("B", False)])) == pytest.approx({"A": 1.0, "B": 0.0})


def test_a_channel_that_nobody_leaves_leads_nowhere() -> None:
    # half of the journeys of A are lost in B, a cycle without a way out: P = 1/2, and all of it through A
    lost_alone = {(START, "A"): 1, ("A", "B"): 1, ("A", CONVERSION): 1, ("B", "B"): 1}
    assert removal_effects(lost_alone) == pytest.approx({"A": 1.0, "B": 0.0}, abs=1e-12)
    # A and D are met equally often and convert half of the time each; the other half of A is lost between B and C
    lost_in_two = {
        (START, "A"): 1, (START, "D"): 1, ("A", CONVERSION): 1, ("A", "B"): 1, ("B", "C"): 1, ("C", "B"): 1,
        ("D", CONVERSION): 1, ("D", NULL): 1,
    }  # fmt: skip
    assert removal_effects(lost_in_two) == pytest.approx({"A": 0.5, "B": 0.0, "C": 0.0, "D": 0.5}, abs=1e-12)


def test_a_channel_without_any_step_out_of_it_leads_nowhere() -> None:
    assert removal_effects({(START, "A"): 1, (START, "B"): 1, ("A", CONVERSION): 1}) == pytest.approx(
        {"A": 1.0, "B": 0.0}
    )


def test_without_conversions_every_effect_is_zero() -> None:
    assert removal_effects(transitions_of([("AB", False), ("B", False)])) == {"A": 0.0, "B": 0.0}


@pytest.mark.parametrize("transitions", [{}, {(START, CONVERSION): 3}, {(START, NULL): 1}])
def test_without_channels_there_are_no_effects(transitions: Transitions) -> None:
    assert removal_effects(transitions) == {}


@pytest.mark.parametrize(
    ("step", "count", "message"),
    [
        (("A", "B"), -1, "-1 transitions from A to B"),
        ((CONVERSION, "A"), 1, r"from \(conversion\) to A"),
        ((NULL, "A"), 1, r"from \(null\) to A"),
        (("A", START), 1, r"from A to \(start\)"),
    ],
)
def test_a_step_that_no_journey_takes_is_an_error(step: tuple[str, str], count: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        removal_effects({(START, "A"): 1, ("A", CONVERSION): 1, step: count})


journeys_of_three_channels = st.lists(
    st.tuples(st.lists(st.sampled_from("ABC"), min_size=1, max_size=5), st.booleans()), min_size=1, max_size=6
)
any_transitions = st.dictionaries(
    st.tuples(st.sampled_from([START, "A", "B", "C"]), st.sampled_from(["A", "B", "C", CONVERSION, NULL])),
    st.integers(min_value=0, max_value=3),
)


@settings(deadline=None, database=None)
@given(journeys_of_three_channels)
def test_the_effects_of_random_journeys_are_those_of_walking_them(journeys: list[Journey]) -> None:
    steps = transitions_of(journeys)
    assert removal_effects(steps) == pytest.approx(removal_effects_by_walking(steps), abs=1e-10)


@settings(deadline=None, database=None)
@given(any_transitions)
def test_the_effects_of_any_chain_are_those_of_walking_it(transitions: dict[tuple[str, str], int]) -> None:
    assert removal_effects(transitions) == pytest.approx(removal_effects_by_walking(transitions), abs=1e-10)


@settings(deadline=None, database=None)
@given(journeys_of_three_channels)
def test_effects_are_proportions_and_somebody_earns_each_conversion(journeys: list[Journey]) -> None:
    effects = removal_effects(transitions_of(journeys))
    assert all(0 <= effect <= 1 for effect in effects.values())
    assert (sum(effects.values()) > 0) == any(converted for _, converted in journeys)
