"""BG/NBD and Gamma-Gamma against the published figures of the CDNOW sample, and against data drawn from the models themselves."""

from __future__ import annotations

import csv
import importlib.util
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import approx_fprime

from mathematics.customers import fitted_models, predicted_purchases
from mathematics.fitting import NotFitted
from mathematics.purchases import fit_purchases
from mathematics.spend import fit_spend


@pytest.fixture(scope="module")
def cdnow() -> Path:
    """The data sets that the package Lifetimes carries; its code is not used."""
    found = importlib.util.find_spec("lifetimes")
    assert found is not None and found.origin is not None
    return Path(found.origin).parent / "datasets"


@pytest.fixture(scope="module")
def histories(cdnow: Path) -> dict[str, np.ndarray]:
    """Distinct (x, t_x, T) of the 2,357 customers and how many share each."""
    with (cdnow / "cdnow_customers_summary.csv").open() as lines:
        rows = Counter(
            (float(r["frequency"]), float(r["recency"]), float(r["T"])) for r in csv.DictReader(lines)
        )
    x, t_x, age = (np.array(column) for column in zip(*rows, strict=True))
    return {"x": x, "t_x": t_x, "age": age, "customers": np.array(list(rows.values()), dtype=float)}


@pytest.fixture(scope="module")
def values(cdnow: Path) -> dict[str, np.ndarray]:
    """Repeat purchases (days) of the calibration period and their mean value."""
    spent: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for line in (cdnow / "CDNOW_sample.txt").read_text().splitlines():
        _, customer, day, _, amount = line.split()
        if day <= "19970930":
            spent[customer][day] += float(amount)
    repeats = [[spent[c][day] for day in sorted(spent[c])[1:]] for c in spent]
    kept = [amounts for amounts in repeats if amounts and sum(amounts) > 0]
    return {
        "x": np.array([len(amounts) for amounts in kept], dtype=float),
        "mean": np.array([sum(amounts) / len(amounts) for amounts in kept]),
    }


def test_bgnbd_agrees_with_the_published_fit_to_the_digits_printed(histories: dict[str, np.ndarray]) -> None:
    model = fit_purchases(**histories)
    assert [round(value, 3) for value in (model.r, model.alpha, model.a, model.b)] == [
        0.243,
        4.414,
        0.793,
        2.426,
    ]
    assert round(model.log_likelihood, 1) == -9582.4
    assert model.customers_count == 2357


def test_predictions_agree_with_the_published_example(histories: dict[str, np.ndarray]) -> None:
    model = fit_purchases(**histories)
    one = np.array([2.0]), np.array([30.43]), np.array([38.86])
    assert round(float(model.expected_purchases(39, *one)[0]), 3) == 1.226
    assert round(float(model.p_alive(*one)[0]), 3) == 0.727


def test_gamma_gamma_agrees_with_the_published_fit(values: dict[str, np.ndarray]) -> None:
    model = fit_spend(**values)
    assert [round(value, 2) for value in (model.p, model.q, model.v)] == [6.25, 3.74, 15.44]
    assert round(float(model.expected_value(np.array([2.0]), np.array([22.35]))[0]), 2) == 24.66


def test_grouping_customers_changes_nothing(histories: dict[str, np.ndarray]) -> None:
    counts = histories["customers"].astype(int)
    alone = fit_purchases(*(np.repeat(histories[name], counts) for name in ("x", "t_x", "age")))
    grouped = fit_purchases(**histories)
    assert (alone.r, alone.alpha, alone.a, alone.b) == pytest.approx(
        (grouped.r, grouped.alpha, grouped.a, grouped.b), rel=1e-4
    )


def test_the_unit_of_time_and_of_money_does_not_matter(
    histories: dict[str, np.ndarray], values: dict[str, np.ndarray]
) -> None:
    weeks = fit_purchases(**histories)
    days = fit_purchases(histories["x"], histories["t_x"] * 7, histories["age"] * 7, histories["customers"])
    assert days.alpha == pytest.approx(weeks.alpha * 7, rel=1e-3)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-3)
    assert fit_spend(values["x"], values["mean"] * 1000).v == pytest.approx(
        fit_spend(**values).v * 1000, rel=1e-3
    )


def test_the_maximum_is_one(histories: dict[str, np.ndarray]) -> None:
    """No neighbour is likelier: the likelihood written out once more, without grouping tricks or gradients."""
    from scipy.special import betaln, gammaln

    x, t_x, age, n = (histories[name] for name in ("x", "t_x", "age", "customers"))

    def likelihood(parameters: np.ndarray) -> float:
        r, alpha, a, b = parameters
        alive = np.exp(betaln(a, b + x) - betaln(a, b)) * np.exp(
            gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + age)
        )
        gone = np.where(
            x > 0,
            np.exp(betaln(a + 1, b + np.maximum(x, 1) - 1) - betaln(a, b))
            * np.exp(gammaln(r + x) - gammaln(r) + r * np.log(alpha) - (r + x) * np.log(alpha + t_x)),
            0,
        )
        return float(n @ np.log(alive + gone))

    model = fit_purchases(**histories)
    best = np.array([model.r, model.alpha, model.a, model.b])
    assert likelihood(best) == pytest.approx(model.log_likelihood, abs=1e-6)
    assert np.max(np.abs(approx_fprime(best, likelihood, 1e-7))) < 0.5


def test_parameters_of_drawn_customers_are_found_again() -> None:
    rng = np.random.default_rng(4)
    size = 60_000
    rate, dropout = rng.gamma(0.8, 1 / 6.0, size), rng.beta(1.2, 3.0, size)
    age = rng.uniform(20, 80, size)
    x, t_x, alive = np.zeros(size), np.zeros(size), np.ones(size, dtype=bool)
    while alive.any():
        following = t_x + rng.exponential(1 / rate)
        bought = alive & (following <= age)
        x[bought] += 1
        t_x[bought] = following[bought]
        alive = bought & (rng.uniform(size=size) > dropout)
    model = fit_purchases(x, t_x, age)
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.8, 6.0, 1.2, 3.0), rel=0.12)


def test_too_little_data_says_so_and_predicts_nothing() -> None:
    few = np.array([1.0, 0.0]), np.array([2.0, 0.0]), np.array([5.0, 5.0])
    with pytest.raises(NotFitted, match="2 customers with 1 repeat purchases"):
        fit_purchases(*few)
    with pytest.raises(NotFitted, match="1 customers with repeat purchases"):
        fit_spend(np.array([1.0]), np.array([10.0]))
    empty = {name: np.array([], dtype=float) for name in ("x", "t_x", "age", "customers", "mean", "horizon")}
    row = fitted_models(empty, empty)
    assert row["r"] is None and str(row["status"]).startswith("0 customers")
    assert all(len(column) == 0 for column in predicted_purchases(row, empty).values())


def test_customers_without_spread_do_not_converge_and_say_so() -> None:
    same = np.full(500, 3.0), np.full(500, 10.0)
    with pytest.raises(NotFitted):
        fit_spend(*same)


def test_impossible_histories_are_refused() -> None:
    with pytest.raises(ValueError, match="between the first one and now"):
        fit_purchases(np.array([1.0]), np.array([9.0]), np.array([5.0]))
    with pytest.raises(ValueError, match="positive value"):
        fit_spend(np.array([1.0]), np.array([0.0]))
