"""Fits and predictions over the customers of a company, on arrays of sufficient statistics."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mathematics.fitting import NotFitted
from mathematics.purchases import PurchaseModel, fit_purchases
from mathematics.spend import fit_spend

Arrays = Mapping[str, np.ndarray]
Row = dict[str, float | int | str | None]


def fitted_models(histories: Arrays, values: Arrays) -> Row:
    """One row with the parameters of BG/NBD (r, alpha, a, b) and Gamma-Gamma (p, q, v); null and a reason where there is none.

    Args:
        histories: x, t_x, age (weeks) and customers, one entry per distinct history.
        values: x and mean, one entry per customer with repeat purchases of positive value.
    """
    row: Row = dict.fromkeys(
        ("r", "alpha", "a", "b", "p", "q", "v", "log_likelihood", "log_likelihood_value")
    )
    row["customers_count"] = int(np.sum(histories["customers"])) if len(histories["customers"]) else 0
    row["repeat_customers_count"] = len(values["x"])
    row["status"], row["value_status"] = "fitted", "fitted"
    try:
        purchases = fit_purchases(histories["x"], histories["t_x"], histories["age"], histories["customers"])
        row |= {name: getattr(purchases, name) for name in ("r", "alpha", "a", "b", "log_likelihood")}
    except NotFitted as reason:
        row["status"] = str(reason)
    try:
        spend = fit_spend(values["x"], values["mean"])
        row |= {"p": spend.p, "q": spend.q, "v": spend.v, "log_likelihood_value": spend.log_likelihood}
    except NotFitted as reason:
        row["value_status"] = str(reason)
    return row


def predicted_purchases(model: Row, histories: Arrays) -> dict[str, np.ndarray]:
    """P(alive) and the purchases expected over the horizon of each distinct history; nothing where no model was fitted.

    Args:
        model: the row of `fitted_models`.
        histories: x, t_x, age and horizon (all weeks but x), one entry per distinct history.
    """
    if model["r"] is None:
        return {
            name: np.array([], dtype=float) for name in ("x", "t_x", "age", "p_alive", "expected_purchases")
        }
    fitted = PurchaseModel(
        *(float(model[name] or 0) for name in ("r", "alpha", "a", "b", "log_likelihood")),
        customers_count=int(model["customers_count"] or 0),
    )
    x, t_x, age = (np.asarray(histories[name], dtype=float) for name in ("x", "t_x", "age"))
    horizon = float(histories["horizon"][0]) if len(x) else 0.0
    return {
        "x": x,
        "t_x": t_x,
        "age": age,
        "p_alive": fitted.p_alive(x, t_x, age),
        "expected_purchases": fitted.expected_purchases(horizon, x, t_x, age),
    }
