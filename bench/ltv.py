"""Times the customer models of a million customers against reading and aggregating their orders, and writes bench/ltv.md.

Both happen in the same run on the same machine: the ratio is what can be compared, the seconds are not.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np

from mathematics.customers import fitted_models, predicted_purchases

REPORT = Path(__file__).with_name("ltv.md")
CUSTOMERS, WEEKS, HORIZON = 1_000_000, 104.0, 52.0
# The catalogue's parameters of the CDNOW sample.
R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426
P, Q, V = 6.25, 3.74, 15.44
REPEATS = 3

PURCHASES = """
    create or replace table purchases as
    select
        customer_id,
        count(*) - 1.0 as x,
        (max(ordered_on) - min(ordered_on)) / 7.0 as t_x,
        (date '2024-12-31' - min(ordered_on)) / 7.0 as age,
        (sum(amount) - min_by(amount, ordered_on)) / nullif(count(*) - 1, 0) as mean
    from (select customer_id, ordered_on, sum(amount) as amount from '{orders}' group by all)
    group by customer_id"""
HISTORIES = "select x, t_x, age, count(*) as customers from purchases group by all order by x, t_x, age"
VALUES = "select x, cast(mean as double) as mean from purchases where x > 0 and mean > 0 order by x, mean"


def main() -> None:
    """Run the benchmark and write the report."""
    argparse.ArgumentParser(
        prog="python -m bench.ltv",
        description="Time the customer models of a million simulated customers (about a minute), and write bench/ltv.md.",
    ).parse_args()
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        orders = Path(folder) / "orders.parquet"
        count = _write_orders(connection, orders)
        read, _ = _timed(lambda: connection.execute(PURCHASES.format(orders=orders)))
        group, (histories, values) = _timed(
            lambda: (connection.execute(HISTORIES).fetchnumpy(), connection.execute(VALUES).fetchnumpy())
        )
        histories, values = _plain(histories), _plain(values)
        fit, model = _timed(lambda: fitted_models(histories, values))
        with_horizon = {**histories, "horizon": np.full(len(histories["x"]), HORIZON)}
        predict, _ = _timed(lambda: predicted_purchases(model, with_horizon))
    seconds = {"read": read, "group": group, "fit": fit, "predict": predict}
    REPORT.write_text(_report(count, len(histories["x"]), len(values["x"]), seconds, model), encoding="utf-8")
    print(REPORT.read_text(encoding="utf-8"))


def _plain(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {name: np.asarray(values, dtype=float) for name, values in columns.items()}


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    """The median of a few runs, and the result of the last."""
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds), result


def _write_orders(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Orders of customers who buy by BG/NBD and spend by Gamma-Gamma, in whole days; returns their number."""
    rng = np.random.default_rng(7)
    first = rng.integers(0, int(WEEKS * 7) - 7, CUSTOMERS)
    rate = rng.gamma(R, 1 / ALPHA, CUSTOMERS)
    dropout = rng.beta(A, B, CUSTOMERS)
    scale = rng.gamma(Q, 1 / V, CUSTOMERS)
    alive, day = np.arange(CUSTOMERS), first.astype(float)
    customers, days = [alive], [first]
    while len(alive):
        day[alive] += 7 * rng.exponential(1, len(alive)) / np.maximum(rate[alive], 1e-12)
        alive = alive[day[alive] < WEEKS * 7]
        customers.append(alive)
        days.append(day[alive].astype(np.int64))
        # the model lets customers drop out after a repeat purchase, not after the first
        alive = alive[rng.random(len(alive)) >= dropout[alive]]
    orders = {"customer_id": np.concatenate(customers), "day": np.concatenate(days)}
    orders["amount"] = rng.gamma(P, 1, len(orders["day"])) / scale[orders["customer_id"]]
    connection.register("orders", orders)
    connection.execute(
        f"""
        copy (select customer_id, date '2023-01-03' + day::integer as ordered_on, amount::decimal(18, 2) as amount
              from orders order by ordered_on) to '{path}' (format parquet)"""
    )
    connection.unregister("orders")
    return len(orders["day"])


def _report(orders: int, histories: int, values: int, seconds: dict[str, float], model: dict) -> str:
    work = {
        "read": f"read {orders:,} orders and sum them up by customer (DuckDB), the reference",
        "group": f"group the customers by history: {histories:,} distinct ones, {values:,} with repeat purchases",
        "fit": "fit BG/NBD on the histories and Gamma-Gamma on the values",
        "predict": "P(alive) and expected purchases of each history",
    }
    lines = [
        "# What the customer models cost",
        "",
        f"{CUSTOMERS:,} simulated customers over {WEEKS:.0f} weeks, with the parameters of the CDNOW sample. Median of {REPEATS} runs on one",
        "machine; seconds differ between machines, so the last column is what to compare. Made by `python -m bench.ltv`.",
        "",
        "| step | what | seconds | times the reference |",
        "|---|---|--:|--:|",
    ]
    for step, what in work.items():
        lines.append(f"| {step} | {what} | {seconds[step]:.2f} | {seconds[step] / seconds['read']:.2f} |")
    told = ", ".join(
        f"{name} {model[name]:.3f}" for name in ("r", "alpha", "a", "b", "p", "q", "v") if model[name]
    )
    lines += [
        "",
        f"Status: {model['status']} / {model['value_status']}. Drawn from r {R}, alpha {ALPHA}, a {A}, b {B}, p {P}, q {Q}, v {V}; fitted",
        f"{told}.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
