"""Removal effects of channels in an absorbing Markov chain of journeys (Anderl et al. 2016)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

START = "(start)"
CONVERSION = "(conversion)"
NULL = "(null)"


def removal_effects(transitions: Mapping[tuple[str, str], float]) -> dict[str, float]:
    """How much of the probability of converting disappears with each channel.

    Journeys are walks from START over channels to CONVERSION or NULL. Taking a channel out sends every step into it to NULL.
    The probability of converting solves `(I - Q) x = r` over the channels, so that cycles and self-transitions need no
    simulation and no cut-off.

    Args:
        transitions: how often (from state, to state) was seen; from START and channels, to channels, CONVERSION and NULL.

    Returns:
        channel -> removal effect, 1 - P(convert without the channel) / P(convert), in 0-1. Channels nobody converts
        through have 0; without any conversion every effect is 0.

    Raises:
        ValueError: a count is negative, or a step leads out of CONVERSION or NULL, or into START.
    """
    channels = _channels(transitions)
    if not channels:
        return {}
    positions = {channel: number for number, channel in enumerate(channels)}
    counts = np.zeros((len(channels) + 1, len(channels)))  # the last row is START
    to_conversion = np.zeros(len(channels) + 1)
    totals = np.zeros(len(channels) + 1)
    for (origin, target), count in transitions.items():
        row = len(channels) if origin == START else positions[origin]
        totals[row] += count
        if target == CONVERSION:
            to_conversion[row] += count
        elif target != NULL:
            counts[row, positions[target]] += count
    seen = np.where(totals > 0, totals, 1)
    steps, wins = counts / seen[:, None], to_conversion / seen
    base = _conversion_probability(steps, wins)
    if base <= 0:
        return dict.fromkeys(channels, 0.0)
    effects = {}
    for channel, position in positions.items():
        without = steps.copy()
        without[:, position] = 0  # a step into the channel ends in NULL
        effects[channel] = float(np.clip(1 - _conversion_probability(without, wins) / base, 0, 1))
    return effects


def _channels(transitions: Mapping[tuple[str, str], float]) -> list[str]:
    for (origin, target), count in transitions.items():
        if count < 0:
            raise ValueError(f"{count} transitions from {origin} to {target}: a count is not negative")
        if origin in (CONVERSION, NULL) or target == START:
            raise ValueError(f"a journey cannot go from {origin} to {target}")
    states = {state for pair in transitions for state in pair}
    return sorted(states - {START, CONVERSION, NULL})


def _conversion_probability(steps: np.ndarray, wins: np.ndarray) -> float:
    """P(CONVERSION | START); `steps` (n + 1) x n with START last, `wins` n + 1.

    Only channels from which CONVERSION can be reached are unknowns: the others never convert, and a cycle without a way out
    among them would make the system singular. With them gone each channel has a way out, so that it is not.
    """
    inner, last = steps[:-1], len(wins) - 1
    converting = wins[:-1] > 0
    while (wider := converting | (inner[:, converting] > 0).any(axis=1)).sum() > converting.sum():
        converting = wider
    chances = np.zeros(last)
    system = np.eye(int(converting.sum())) - inner[np.ix_(converting, converting)]
    chances[converting] = np.linalg.solve(system, wins[:-1][converting])
    return float(wins[last] + steps[last] @ chances)
