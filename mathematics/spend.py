"""Gamma-Gamma model of the value of a purchase (Fader and Hardie 2013)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import digamma, gammaln

from mathematics.fitting import NotFitted, positive_start

Array = np.ndarray


@dataclass(frozen=True)
class SpendModel:
    """Fitted Gamma-Gamma: values are gamma (p, nu) with nu gamma (q, v). Money is in the unit of the data."""

    p: float
    q: float
    v: float
    log_likelihood: float
    customers_count: int

    def expected_value(self, x: Array, mean: Array) -> Array:
        """Expected value of a purchase of a customer with x repeat purchases of this mean value; without any, of a customer in general."""
        x, mean = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
        return self.p * (self.v + x * np.where(x > 0, mean, 0)) / (self.p * x + self.q - 1)


def fit_spend(x: Array, mean: Array, customers: Array | None = None, least: int = 100) -> SpendModel:
    """Fit Gamma-Gamma by maximum likelihood, with analytic gradients, on customers with at least one repeat purchase.

    Args:
        x: repeat purchases (at least 1), mean: their mean value (positive); equal length.
        customers: how many customers share each combination, 1 unless given.
        least: fewer customers than this are too little data.

    Raises:
        NotFitted: too little data, no finite expected value (q <= 1), or no convergence.
        ValueError: a count below 1 or a value that is not positive.
    """
    x, mean = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
    n = np.ones_like(x) if customers is None else np.asarray(customers, dtype=float)
    if np.any(x < 1) or np.any(mean <= 0):
        raise ValueError("Gamma-Gamma needs customers with repeat purchases of positive value")
    total = n.sum()
    if total < least:
        raise NotFitted(f"{int(total)} customers with repeat purchases: at least {least} are needed")
    scale = float(np.exp(n @ np.log(mean) / total))
    values = mean / scale
    spent = x * values

    def negative(logs: Array) -> tuple[float, Array]:
        p, q, v = np.exp(logs)
        whole = p * x + q
        log_sum = np.log(spent + v)
        value = (
            gammaln(whole) - gammaln(p * x) - gammaln(q) + q * np.log(v) + (p * x - 1) * np.log(values) + p * x * np.log(x)
            - whole * log_sum
        )  # fmt: skip
        d_p = x * (digamma(whole) - digamma(p * x) + np.log(values) + np.log(x) - log_sum)
        d_q = digamma(whole) - digamma(q) + np.log(v) - log_sum
        d_v = q / v - whole / (spent + v)
        gradient = np.array([n @ d_p * p, n @ d_q * q, n @ d_v * v])
        return -float(n @ value) / total, -gradient / total

    best = minimize(
        negative, positive_start(3), jac=True, method="L-BFGS-B", bounds=[(-10, 12)] * 3,
        options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9},
    )  # fmt: skip
    gradient = np.abs(negative(best.x)[1])
    if np.max(gradient) > 1e-4 or np.any(best.x > 11.9) or np.any(best.x < -9.9):
        raise NotFitted(f"Gamma-Gamma did not converge ({best.message}); nothing is predicted from it")
    p, q, v = np.exp(best.x)
    if q <= 1:
        raise NotFitted(
            f"Gamma-Gamma has no finite expected value (q = {q:.3f}); nothing is predicted from it"
        )
    likelihood = -float(best.fun) * total - float(n.sum()) * np.log(scale)
    return SpendModel(float(p), float(q), float(v * scale), likelihood, int(total))
