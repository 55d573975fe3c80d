"""What the maximum-likelihood fits share."""

from __future__ import annotations

import numpy as np


class NotFitted(Exception):
    """A model has too little data or did not converge: it says so and predicts nothing."""


def positive_start(parameters: int) -> np.ndarray:
    """Start of an optimisation over logarithms of positive parameters."""
    return np.zeros(parameters)
