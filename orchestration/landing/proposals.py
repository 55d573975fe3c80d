"""Finds out how a column is written when staging could not read it: the common ways of dates and numbers are
tried.
"""

from collections.abc import Callable

from orchestration.landing.sql import literal
from orchestration.landing.value_options import ValueOptions, typed_text

DAYS = (
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y%m%d", "%Y.%m.%d", "%d/%m/%y", "%m/%d/%y",
    "%d.%m.%y", "%d %b %Y", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%d %B %Y", "%B %d, %Y", "%a %b %d %Y",
    "%Y年%m月%d日",
)  # fmt: skip
TIMES = (
    "", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %I:%M %p", "T%H:%M:%S",
    " %H:%M:%S.%f", " %H:%M:%S %z",
)  # fmt: skip
NUMBERS: tuple[dict[str, str], ...] = (
    {"decimal": ","},
    {"thousands": ","},
    {"decimal": ",", "thousands": "."},
    {"decimal": ",", "thousands": " "},
    {"thousands": " "},
    {"thousands": "'"},
)
SYMBOLS = ("US$", "$", "€", "£", "₺", "¥", "USD", "EUR", "GBP", "TRY", "TL", "%")
UNIX_RANGES = {
    "unix": (100_000_000, 4_000_000_000),
    "unix_ms": (100_000_000_000, 4_000_000_000_000),
    "unix_us": (100_000_000_000_000, 4_000_000_000_000_000),
}
ENOUGH = 20_000  # distinct values that a proposal is tried on

Ask = Callable[[str], list[tuple[object, ...]]]


def fits(text: str, kind: str) -> str:
    """SQL: whether staging will read the text as the type."""
    value = f"trim({text})"
    if kind == "date":
        day = f"coalesce(try_cast({value} as date), try_cast({value} as timestamp)::date)"
        return f"(regexp_matches({value}, '^\\d{{4}}[-/]') and {day} is not null)"
    if kind == "timestamp":
        return f"(regexp_matches({value}, '^\\d{{4}}[-/]') and try_cast({value} as timestamptz) is not null)"
    if kind == "decimal":
        return f"(try_cast({value} as decimal(28, 4)) is not null)"
    if kind == "number":
        return f"coalesce(isfinite(try_cast({value} as double)), false)"
    if kind == "integer":
        return f"coalesce(try_cast({value} as double) = floor(try_cast({value} as double)), false)"
    return f"(lower({value}) in ('true', 't', 'yes', 'y', '1', 'false', 'f', 'no', 'n', '0'))"


def proposals(ask: Ask, values: str, kind: str) -> list[str]:
    """The options, as one would write them in exports.yml, that make every value readable; several where it
    is open.

    `ask` runs a query, `values` is a query with one text column `v`.
    """
    if kind in ("date", "timestamp"):
        return _fitting(ask, values, kind, _date_candidates())[:3]
    if kind not in ("decimal", "number", "integer"):
        return []
    fitting = _fitting(ask, values, kind, _number_candidates(_symbols(ask, values)))
    if fitting and fitting[0].startswith("remove"):
        return fitting[:1]
    both = [told for told in fitting if told.startswith(('decimal: ","', 'thousands: ","'))]
    different = any(told.startswith("t") for told in both) and any(told.startswith("d") for told in both)
    return both[:2] if different else fitting[:1]


def _date_candidates() -> list[tuple[str, ValueOptions]]:
    forms = [day + time for time in TIMES for day in DAYS]
    return [(f'format: "{form}"', ValueOptions(dates=(form,))) for form in forms] + [
        (f"format: {form}", ValueOptions(dates=(form,))) for form in UNIX_RANGES
    ]


def _number_candidates(symbols: tuple[str, ...]) -> list[tuple[str, ValueOptions]]:
    found = []
    for removed in ((), symbols) if symbols else ((),):
        for style in ({}, *NUMBERS) if removed else NUMBERS:
            told = [f'{key}: "{value}"' for key, value in style.items()]
            if removed:
                told.append("remove: [" + ", ".join(f'"{symbol}"' for symbol in removed) + "]")
            options = ValueOptions(
                remove=removed, decimal=style.get("decimal"), thousands=style.get("thousands")
            )
            found.append((", ".join(told), options))
    return found


def _fitting(ask: Ask, values: str, kind: str, candidates: list[tuple[str, ValueOptions]]) -> list[str]:
    tests = ", ".join(f"bool_and(coalesce({_test(kind, options)}, false))" for _, options in candidates)
    sample = f"(select distinct v from ({values}) where v is not null limit {ENOUGH})"
    row = ask(f"select {tests} from {sample}")[0]
    return [told for (told, _), fitting in zip(candidates, row, strict=True) if fitting]


def _test(kind: str, options: ValueOptions) -> str:
    form = options.dates[0] if options.dates else ""
    if form in UNIX_RANGES:
        low, high = UNIX_RANGES[form]
        return f"try_cast(v as bigint) between {low} and {high}"
    readable = fits(typed_text("v", kind, options), kind)
    # `%y` would take the 20 of 2024
    return f"{readable} and not regexp_matches(v, '\\d{{4}}')" if "%y" in form else readable


def _symbols(ask: Ask, values: str) -> tuple[str, ...]:
    tests = ", ".join(f"coalesce(bool_or(contains(v, {literal(symbol)})), false)" for symbol in SYMBOLS)
    row = ask(f"select {tests} from ({values})")[0]
    found = [symbol for symbol, there in zip(SYMBOLS, row, strict=True) if there]
    return tuple(symbol for symbol in found if not (symbol == "$" and "US$" in found))
