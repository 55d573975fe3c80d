"""BG/NBD model of repeat purchases without contracts (Fader, Hardie and Lee 2005, "Counting Your Customers" the Easy Way)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln, digamma, gammaln, hyp2f1

from mathematics.fitting import NotFitted, positive_start

Array = np.ndarray


@dataclass(frozen=True)
class PurchaseModel:
    """Fitted BG/NBD: purchase rates are gamma (r, alpha), dropout probabilities beta (a, b). Time is in weeks."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    customers_count: int

    def p_alive(self, x: Array, t_x: Array, age: Array) -> Array:
        """Probability that a customer with x repeat purchases, the last at t_x weeks, is still a customer at `age` weeks."""
        x, t_x, age = (np.asarray(value, dtype=float) for value in (x, t_x, age))
        ratio = np.exp((self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + t_x)))
        return np.where(x > 0, 1 / (1 + self.a / np.maximum(self.b + x - 1, 1e-12) * ratio), 1.0)

    def expected_purchases(self, weeks: float, x: Array, t_x: Array, age: Array) -> Array:
        """Purchases expected within the next `weeks` weeks (equation 10 of the paper)."""
        x, t_x, age = (np.asarray(value, dtype=float) for value in (x, t_x, age))
        gauss = hyp2f1(self.r + x, self.b + x, self.a + self.b + x - 1, weeks / (self.alpha + age + weeks))
        gone = np.exp((self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + age + weeks))) * gauss
        return (self.a + self.b + x - 1) / (self.a - 1) * (1 - gone) * self.p_alive(x, t_x, age)


def fit_purchases(
    x: Array, t_x: Array, age: Array, customers: Array | None = None, least: int = 100
) -> PurchaseModel:
    """Fit BG/NBD by maximum likelihood, with analytic gradients, on distinct (x, t_x, age).

    Args:
        x: repeat purchases, t_x: week of the last one (0 where there is none), age: weeks since the first purchase;
            neither is floored. Equal length, one entry per distinct combination.
        customers: how many customers share each combination, 1 unless given.
        least: fewer customers than this are too little data.

    Raises:
        NotFitted: too little data, or the optimiser did not converge; the message says which.
        ValueError: 0 <= t_x <= age does not hold, or a purchase count is negative.
    """
    x, t_x, age = (np.asarray(value, dtype=float) for value in (x, t_x, age))
    n = np.ones_like(x) if customers is None else np.asarray(customers, dtype=float)
    if np.any(x < 0) or np.any(t_x < 0) or np.any(t_x > age):
        raise ValueError("purchases must not be negative and must lie between the first one and now")
    total = n.sum()
    if total < least or not np.any(x > 0):
        raise NotFitted(
            f"{int(total)} customers with {int((n * x).sum())} repeat purchases: at least {least} and one are needed"
        )
    scale = max(float(np.max(age)), 1e-9) / 10  # the optimiser likes times near 1-10
    t_x, age = t_x / scale, age / scale

    def negative(logs: Array) -> tuple[float, Array]:
        r, alpha, a, b = np.exp(logs)
        log_alive = -(r + x) * np.log(alpha + age)
        log_gone = np.where(
            x > 0, np.log(a) - np.log(np.maximum(b + x - 1, 1e-300)) - (r + x) * np.log(alpha + t_x), -np.inf
        )
        log_mix = np.logaddexp(log_alive, log_gone)
        value = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + betaln(a, b + x) - betaln(a, b) + log_mix
        alive = np.exp(log_alive - log_mix)
        gone = np.exp(log_gone - log_mix)
        d_r = (
            digamma(r + x)
            - digamma(r)
            + np.log(alpha)
            - alive * np.log(alpha + age)
            - gone * np.log(alpha + t_x)
        )
        d_alpha = r / alpha - (r + x) * (alive / (alpha + age) + gone / (alpha + t_x))
        shared = digamma(a + b) - digamma(a + b + x)
        d_a = shared + gone / a
        d_b = shared + digamma(b + x) - digamma(b) - np.where(x > 0, gone / np.maximum(b + x - 1, 1e-300), 0)
        gradient = np.array([n @ d_r * r, n @ d_alpha * alpha, n @ d_a * a, n @ d_b * b])
        return -float(n @ value) / total, -gradient / total

    best = minimize(
        negative, positive_start(4), jac=True, method="L-BFGS-B", bounds=[(-10, 10)] * 4,
        options={"maxiter": 1000, "ftol": 1e-15, "gtol": 1e-9},
    )  # fmt: skip
    gradient = np.abs(negative(best.x)[1])
    if np.max(gradient) > 1e-4 or np.any(np.abs(best.x) > 9.9):
        raise NotFitted(f"BG/NBD did not converge ({best.message}); nothing is predicted from it")
    r, alpha, a, b = np.exp(best.x)
    # back in weeks: the density of x purchases changes by scale ** -x
    likelihood = -float(best.fun) * total - float(n @ x) * np.log(scale)
    return PurchaseModel(float(r), float(alpha * scale), float(a), float(b), likelihood, int(total))
