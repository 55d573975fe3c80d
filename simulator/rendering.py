"""Turns columns into SQL over NumPy arrays that DuckDB reads in place."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import numpy as np
from numpy.typing import NDArray

from simulator.columns import Column, Table


def collector(arrays: dict[str, NDArray]) -> Callable[[NDArray], str]:
    """Collects arrays under names; an array that several columns share is kept once."""
    known = {id(array): name for name, array in arrays.items()}

    def add(array: NDArray) -> str:
        if id(array) not in known:
            name = f"a{len(arrays)}"
            arrays[name] = np.ascontiguousarray(array)
            known[id(array)] = known[id(arrays[name])] = name
            alive.append(array)  # an id may be used again once its array is gone
        return known[id(array)]

    alive: list[NDArray] = []
    return add


def table_query(table: Table, typed: bool) -> tuple[str, dict[str, NDArray]]:
    """The query that renders a table from `source_arrays`, and these arrays."""
    arrays: dict[str, NDArray] = {}
    add = collector(arrays)
    select = ",\n".join(f'{column.sql(add, typed)} as "{name}"' for name, column in table.items())
    source = "from source_arrays" if arrays else "where false"
    return f"select {select} {source}", arrays


def render(column: Column) -> list[str | None]:
    """The texts of a column."""
    query, arrays = table_query({"text": column}, typed=False)
    with duckdb.connect() as connection:
        connection.register("source_arrays", arrays)
        return [text for (text,) in connection.execute(query).fetchall()]
