"""Columns as compact NumPy arrays that know how DuckDB should write them.

A column keeps numbers and codes; its text (identifiers, times, names, e-mail addresses) comes into
being inside DuckDB while the file is written. That keeps tens of millions of rows small in memory
and out of Python loops.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.timeline import NEVER, NO_DAY, IntArray

AddArray = Callable[[NDArray], str]
"""Hands an array to the query that is being written and returns the name it has there."""

BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CHECKSUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
INSTANCE = "5g"
VARIABLE_DIGITS = 5
LARGEST_ID_NUMBER = 62**VARIABLE_DIGITS - 1


class Column(Protocol):
    """One column of a table; `sql` renders it for text files or, typed, for Parquet."""

    def __len__(self) -> int: ...

    def sql(self, add: AddArray, typed: bool) -> str: ...


def quoted(text: str) -> str:
    """A SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class RecordId:
    """Identifiers of 18 characters like Salesforce's; number -1 is null.

    The last three characters say which of the first fifteen are upper case, so that identifiers
    stay unique where case is ignored.
    """

    prefix: str
    number: IntArray

    def __len__(self) -> int:
        return len(self.number)

    def sql(self, add: AddArray, typed: bool) -> str:
        name = add(self.number)
        head = self.prefix + INSTANCE
        bits = sum(1 << place for place, letter in enumerate(head) if letter.isupper())
        digits = [f"({name} // {62**place}) % 62" for place in reversed(range(VARIABLE_DIGITS))]
        middle = " || ".join(f"substr('{BASE_62}', {digit} + 1, 1)" for digit in digits)
        upper = " + ".join(
            f"if({digit} between 10 and 35, {1 << place}, 0)" for place, digit in enumerate(digits)
        )
        last = f"substr('{CHECKSUM}', {upper} + 1, 1)"
        text = f"'{head}00000' || {middle} || '{CHECKSUM[bits]}A' || {last}"
        return f"case when {name} >= 0 then {text} end"


@dataclass(frozen=True)
class Label:
    """One of a few texts; code -1 is null."""

    code: IntArray
    labels: Sequence[str]

    def __len__(self) -> int:
        return len(self.code)

    def sql(self, add: AddArray, typed: bool) -> str:
        name = add(self.code.astype(np.int32))
        return f"list_extract([{', '.join(map(quoted, self.labels))}], nullif({name}, -1) + 1)"


@dataclass(frozen=True)
class Whole:
    """Whole numbers; where `present` is given and false, null."""

    value: IntArray
    present: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.value)

    def sql(self, add: AddArray, typed: bool) -> str:
        name = add(self.value)
        return name if self.present is None else f"if({add(self.present)}, {name}, null)"


@dataclass(frozen=True)
class Fixed:
    """Decimals: whole numbers of the smallest unit, with `digits` behind the point."""

    value: IntArray
    digits: int = 2
    present: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return len(self.value)

    def sql(self, add: AddArray, typed: bool) -> str:
        name = add(self.value)
        step = f"{10**-self.digits:.{self.digits}f}::decimal({self.digits}, {self.digits})"
        text = f"({name}::decimal({18 - self.digits}, 0) * {step})::decimal(18, {self.digits})"
        return text if self.present is None else f"if({add(self.present)}, {text}, null)"


@dataclass(frozen=True)
class Flag:
    """Booleans."""

    value: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.value)

    def sql(self, add: AddArray, typed: bool) -> str:
        return add(self.value)


@dataclass(frozen=True)
class Instant:
    """UTC instants in milliseconds; `NEVER` is null."""

    value: IntArray

    def __len__(self) -> int:
        return len(self.value)

    def sql(self, add: AddArray, typed: bool) -> str:
        time = f"make_timestamp(nullif({add(self.value)}, {int(NEVER)}) * 1000)"
        return time if typed else f"strftime({time}, '%Y-%m-%dT%H:%M:%S.%gZ')"


@dataclass(frozen=True)
class Day:
    """Days since 1970-01-01; `NO_DAY` is null."""

    value: IntArray

    def __len__(self) -> int:
        return len(self.value)

    def sql(self, add: AddArray, typed: bool) -> str:
        return f"date '1970-01-01' + nullif({add(self.value)}, {int(NO_DAY)})::integer"


@dataclass(frozen=True)
class Empty:
    """A column without a value in any row."""

    count: int

    def __len__(self) -> int:
        return self.count

    def sql(self, add: AddArray, typed: bool) -> str:
        return "null::varchar"


@dataclass(frozen=True)
class Joined:
    """Text put together from literals and columns; null where `present` is false."""

    parts: Sequence[str | Column]
    present: NDArray[np.bool_] | None = None

    def __len__(self) -> int:
        return next(len(part) for part in self.parts if not isinstance(part, str))

    def sql(self, add: AddArray, typed: bool) -> str:
        pieces = (
            quoted(part) if isinstance(part, str) else f"({part.sql(add, typed)})::varchar"
            for part in self.parts
        )
        text = " || ".join(pieces)
        return text if self.present is None else f"if({add(self.present)}, {text}, null)"


@dataclass(frozen=True)
class Numbered:
    """Numbers printed with a pattern such as `%08d` or `%08x`."""

    pattern: str
    value: IntArray

    def __len__(self) -> int:
        return len(self.value)

    def sql(self, add: AddArray, typed: bool) -> str:
        return f"printf({quoted(self.pattern)}, {add(self.value)})"


@dataclass(frozen=True)
class Choice:
    """For each row one of several columns; a code outside of them is null."""

    code: IntArray
    columns: Sequence[Column]

    def __len__(self) -> int:
        return len(self.code)

    def sql(self, add: AddArray, typed: bool) -> str:
        name = add(self.code)
        whens = (f"when {number} then {column.sql(add, typed)}" for number, column in enumerate(self.columns))
        return f"case {name} {' '.join(whens)} end"


@dataclass(frozen=True)
class Shaped:
    """A column wrapped in a SQL expression, written with `{}` in its place."""

    template: str
    column: Column

    def __len__(self) -> int:
        return len(self.column)

    def sql(self, add: AddArray, typed: bool) -> str:
        return self.template.replace("{}", f"({self.column.sql(add, typed)})")


@dataclass(frozen=True)
class Stacked:
    """The rows of one column, then those of another."""

    first: Column
    second: Column

    def __len__(self) -> int:
        return len(self.first) + len(self.second)

    def sql(self, add: AddArray, typed: bool) -> str:
        before, after = len(self.first), len(self.second)
        is_first = add(np.arange(before + after) < before)

        def padded(head: int, tail: int, array: NDArray) -> str:
            return add(np.concatenate((np.zeros(head, array.dtype), array, np.zeros(tail, array.dtype))))

        # a column without values takes the other's type
        if isinstance(self.first, Empty) and isinstance(self.second, Empty):
            return Empty(before + after).sql(add, typed)
        first, second = (
            "null" if isinstance(column, Empty) else column.sql(partial(padded, head, tail), typed)
            for column, head, tail in ((self.first, 0, after), (self.second, before, 0))
        )
        return f"case when {is_first} then {first} else {second} end"


Table = dict[str, Column]
"""Column name -> column; all columns of a table have the same length."""


def stacked(first: Table, second: Table) -> Table:
    """The rows of one table, then those of another with the same columns."""
    if list(first) != list(second):
        raise AssertionError("the tables have different columns")
    return {name: Stacked(column, second[name]) for name, column in first.items()}
