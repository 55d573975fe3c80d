"""How values are written in a file (dates, numbers, emptiness), and the SQL that rewrites them as staging
reads them.

A value that a declared format does not fit stays as it was written, so that staging rejects it with the
original text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import available_timezones

import duckdb

from orchestration.landing.sql import literal, literals

UNIX = {"unix": 1, "unix_ms": 1000, "unix_us": 1_000_000}
TIME_PARTS = re.compile(r"%-?[HIMSfgnpzZXc]")
ISO = r"\d{4}-\d{2}-\d{2}"
ISO_LOCAL = rf"{ISO}[T ]\d{{2}}:\d{{2}}(:\d{{2}}(\.\d+)?)?"
SPACES = "[\\s\u00a0\u2007\u2009\u202f]"


@dataclass(frozen=True)
class ValueOptions:
    """Declared ways of writing; None or empty = as staging reads it (ISO dates, plain numbers)."""

    dates: tuple[str, ...] = ()
    decimal: str | None = None
    thousands: str | None = None
    remove: tuple[str, ...] = ()
    null_values: tuple[str, ...] = ("",)
    time_zone: str | None = None

    def changed(self, given: dict[str, Any], complain: Callable[[str, str], None]) -> "ValueOptions":
        """These options with some replaced; complains (key, message) about each that is not usable."""
        for key in ("decimal", "thousands"):
            value = given.get(key)
            if value in ("space", "' '"):
                given[key] = value = " "
            if value is not None and (len(value) != 1 or value.isalnum()):
                complain(key, f"`{key}` is one character such as `,` `.` or `space`, found `{value}`.")
                del given[key]
        changed = replace(self, **given)
        if changed.thousands is not None and changed.thousands == (changed.decimal or "."):
            complain(
                "thousands" if "thousands" in given else "decimal",
                f"`decimal` and `thousands` are both `{changed.thousands}` (`decimal` is `.` unless it is "
                "given); they must differ.",
            )
        if given.get("time_zone") and given["time_zone"] not in available_timezones():
            complain(
                "time_zone",
                f"`time_zone: {given['time_zone']}` is not known; write it as `Europe/Istanbul` or `UTC`.",
            )
        for form in given.get("dates", ()):
            problem = format_problem(form)
            if problem:
                complain("dates" if "dates" in given else "format", problem)
        return changed


def format_problem(form: str) -> str | None:
    """Why a date format cannot be used, or None."""
    if form in UNIX:
        return None
    if "%" not in form:
        return (
            f"the date format `{form}` has no `%` parts; write it as `%d/%m/%Y` (day, month, year), `unix`, "
            f"`unix_ms` or `unix_us`."
        )
    try:
        duckdb.execute("select try_strptime('', ?)", [form]).fetchall()
        duckdb.execute(f"select strptime('', {literal(form)})").fetchall()
    except duckdb.Error as error:
        message = str(error).splitlines()[0]
        if "Could not parse string" not in message:
            return f"the date format `{form}` is not understood ({message})."
    return None


def cleaned(column: str, options: ValueOptions) -> str:
    """SQL: the column's text, null where it is empty or one of the null values."""
    nulls = literals(dict.fromkeys(value.strip().lower() for value in (*options.null_values, "")))
    return f"case when lower(trim({column})) not in ({nulls}) then {column} end"


def typed_text(expression: str, kind: str, options: ValueOptions) -> str:
    """SQL: the text rewritten for a column of the contract's type; unchanged where nothing is declared."""
    for unwanted in options.remove:
        expression = f"replace({expression}, {literal(unwanted)}, '')"
    if kind in ("date", "timestamp"):
        return _date_text(expression, kind, options)
    if kind in ("decimal", "integer", "number"):
        return _number_text(expression, options)
    return expression


def _number_text(expression: str, options: ValueOptions) -> str:
    if options.decimal is None and options.thousands is None:
        return expression
    mark = options.decimal or "."
    text = f"regexp_replace({expression}, {literal(f'^{SPACES}+|{SPACES}+$')}, '', 'g')"
    whole = r"\d+"
    rewritten = text
    if options.thousands:
        group = SPACES if options.thousands.isspace() else re.escape(options.thousands)
        whole = rf"(\d{{1,3}}({group}\d{{3}})+|\d+)"
        rewritten = f"regexp_replace({rewritten}, {literal(group)}, '', 'g')"
    fits = rf"[+-]?{whole}({re.escape(mark)}\d*)?"
    if mark != ".":
        rewritten = f"replace({rewritten}, {literal(mark)}, '.')"
    return f"case when regexp_full_match({text}, {literal(fits)}) then {rewritten} else {expression} end"


def _date_text(expression: str, kind: str, options: ValueOptions) -> str:
    text = f"trim({expression})"
    tried: list[str] = []
    zone = options.time_zone if options.time_zone and options.time_zone != "UTC" else None
    for form in options.dates:
        tried.append(_one_format(text, form, kind, zone))
    if kind == "timestamp" and zone:
        local = f"try_cast({text} as timestamp)"
        tried.append(
            f"case when regexp_full_match({text}, {literal(ISO_LOCAL)}) then "
            f"{_instant(_to_utc(local, zone))} end"
        )
    return f"coalesce({', '.join([*tried, expression])})" if tried else expression


def _one_format(text: str, form: str, kind: str, zone: str | None) -> str:
    if form in UNIX:
        micros = 1_000_000 // UNIX[form]
        number = f"case when regexp_full_match({text}, '-?\\d{{1,17}}') then {text}::bigint end"
        moment = f"make_timestamp(({number}) * {micros})"
        return _instant(moment) if kind == "timestamp" else f"strftime({moment}, '%Y-%m-%d')"
    moment = f"try_strptime({text}, {literal(form)})"
    zoned = "%z" in form or "%Z" in form
    if kind == "date":
        # a day is taken as it is written, never shifted through UTC
        without_zone = f"try_strptime({text}, {literal(form)})" if not zoned else f"timezone('UTC', {moment})"
        result = f"strftime({without_zone}, '%Y-%m-%d')"
    elif not TIME_PARTS.search(form):
        result = f"strftime({moment}, '%Y-%m-%d')"
    elif zoned:
        result = _instant(f"timezone('UTC', {moment})")
    else:
        result = _instant(_to_utc(moment, zone))
    if "%Y" in form:  # strptime reads the year 24 for `%Y` of 1/3/24
        return f"case when year({moment}) >= 1000 then {result} end"
    return result


def _to_utc(moment: str, zone: str | None) -> str:
    return f"timezone('UTC', timezone({literal(zone)}, {moment}))" if zone else moment


def _instant(moment: str) -> str:
    return f"strftime({moment}, '%Y-%m-%dT%H:%M:%S.%fZ')"
