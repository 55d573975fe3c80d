"""The SQL rule for Shapley attribution equals the Shapley value by definition, over all orders in which channels can join."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import permutations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT

Journey = tuple[Sequence[str], bool]  # channels in the order of their touches, and whether it converted


def shapley_values(journeys: Sequence[Journey]) -> dict[str, Fraction]:
    """By definition: what a channel adds when it joins those before it, on average over all orders of joining.

    A set of channels is worth the conversions whose channels all lie in it.
    """
    players = sorted({channel for channels, _ in journeys for channel in channels})

    def worth(coalition: frozenset[str]) -> int:
        return sum(converted and set(channels) <= coalition for channels, converted in journeys)

    added: Counter[str] = Counter()
    orders = list(permutations(players))
    for order in orders:
        for place, channel in enumerate(order):
            before = frozenset(order[:place])
            added[channel] += worth(before | {channel}) - worth(before)
    return {channel: Fraction(added[channel], len(orders)) for channel in players}


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        opened.execute("create table touch (journey_id integer, channel text)")
        yield opened


@pytest.fixture(scope="module")
def rule() -> str:
    """The expression of the model itself."""
    sql = (ROOT / "models" / "marts" / "marketing" / "fct_attribution.sql").read_text(encoding="utf-8")
    (expression,) = re.findall(r"^\s*(\S.*) as shapley_share,$", sql, flags=re.MULTILINE)
    return expression


def shapley_by_sql(
    connection: duckdb.DuckDBPyConnection, rule: str, journeys: Sequence[Journey]
) -> dict[str, float]:
    """Channel -> sum of the weights that the rule gives its touches in the journeys that converted."""
    touches = [
        (number, channel)
        for number, (channels, converted) in enumerate(journeys)
        for channel in channels
        if converted
    ]
    connection.execute("delete from touch")
    if touches:
        connection.executemany("insert into touch values (?, ?)", touches)
    rows = connection.execute(f"""
        with counted as (
            select
                journey_id,
                channel,
                count(distinct channel) over (partition by journey_id) as channels_count,
                count(*) over (partition by journey_id, channel) as touches_of_channel_count
            from touch
        ),
        shares as (select *, cast({rule} as double) as share from counted),
        weighted as (select channel, share / sum(share) over (partition by journey_id) as weight from shares)
        select channel, sum(weight) from weighted group by channel
    """).fetchall()
    return dict(rows)


def test_the_definition_gives_the_values_of_the_catalogue() -> None:
    journeys = [("G", True), ("G", True), ("M", True), ("GM", True), ("G", False)]
    assert shapley_values(journeys) == {"G": Fraction(5, 2), "M": Fraction(3, 2)}


def test_the_rule_gives_the_values_of_the_catalogue(connection: duckdb.DuckDBPyConnection, rule: str) -> None:
    journeys = [("G", True), ("G", True), ("M", True), ("GM", True), ("G", False)]
    assert shapley_by_sql(connection, rule, journeys) == pytest.approx({"G": 2.5, "M": 1.5}, abs=1e-12)


@settings(deadline=None, database=None)
@given(
    journeys=st.lists(
        st.tuples(st.lists(st.sampled_from("ABCD"), min_size=1, max_size=5), st.booleans()),
        min_size=1,
        max_size=6,
    )
)
def test_the_rule_equals_the_shapley_value_of_random_journeys(
    connection: duckdb.DuckDBPyConnection, rule: str, journeys: list[Journey]
) -> None:
    expected = {channel: float(value) for channel, value in shapley_values(journeys).items() if value}
    assert shapley_by_sql(connection, rule, journeys) == pytest.approx(expected, abs=1e-9)
