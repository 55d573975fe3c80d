"""Figures, dates and small tables as plain text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from orchestration.errors import ConfigurationError

MAX_CELL = 60


def plural(count: int, noun: str) -> str:
    """`1 row`, `1,204 rows`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def cell(value: Any) -> str:
    """One value on one line."""
    if value is None:
        return "null"
    text = " ".join(str(value).split())
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def plain_table(
    columns: Sequence[str], rows: Sequence[Sequence[Any]], right: Sequence[int] = (), header: bool = True
) -> list[str]:
    """Lines of a table with aligned columns; `right` lists the columns that are figures."""
    body = [[cell(value) for value in row] for row in rows]
    lines = ([list(columns)] if header else []) + body
    widths = [max((len(line[i]) for line in lines), default=0) for i in range(len(columns))]
    return [
        "  ".join(
            text.rjust(width) if number in right else text.ljust(width)
            for number, (text, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]


def parse_date(text: str | None) -> date | None:
    """A date as YYYY-MM-DD.

    Raises:
        ConfigurationError: it is not one.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"--as-of wants a date as YYYY-MM-DD, and got {text!r}.") from None
