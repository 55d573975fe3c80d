"""Reads delimited text record by record with Python's csv module: slower than DuckDB, exact about every line.

Used for headers, and for whole files that DuckDB's reader does not read without a loss: here each malformed
line gets its line, its record number and a reason, and reading goes on after it.
"""

import csv
import io
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from orchestration.landing.scan import open_bytes

LONGEST_LENIENT = 100  # lines of a record with spaces around its quotes
UNCLOSED: list[str] = []
LONGEST_RECORD = 16_000_000  # characters; a quote left open swallows lines until here at most

csv.field_size_limit(sys.maxsize)


@dataclass(frozen=True)
class Record:
    """One record of a file, or a line that is none.

    `line` is the physical line on which it begins (from 1). `fields` is None where the quoting is broken, and
    `reason` says why; `blank` marks a line without text.
    """

    line: int
    text: str
    fields: list[str] | None
    reason: str | None = None
    blank: bool = False


class _RecordTooLong(Exception):
    pass


class _Feed:
    """Hands lines to the csv reader, remembers those of the current record and takes lines back."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self._returned: deque[str] = deque()
        self.taken: list[str] = []
        self._length = 0

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = self._returned.popleft() if self._returned else next(self._lines)
        self.taken.append(line)
        self._length += len(line)
        if self._length > LONGEST_RECORD and len(self.taken) > 1:
            raise _RecordTooLong
        return line

    def take(self) -> bool:
        """Adds the next line to the current record; False at the end."""
        try:
            next(self)
        except (StopIteration, _RecordTooLong):
            return False
        return True

    def begin(self) -> None:
        self.taken = []
        self._length = 0

    def give_back_all_but_first(self) -> None:
        self._returned.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


def open_text(path: Path, encoding: str) -> IO[str]:
    """The file as text with its line ends untouched; a byte order mark is not part of it."""
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(open_bytes(path), encoding=name, newline="")  # type: ignore[arg-type]


def records(lines: Iterator[str], delimiter: str, first_line: int = 1) -> Iterator[Record]:
    """All records of the lines, in order. Where quoting is broken, only the line on which the record begins
    is given up.
    """
    feed = _Feed(lines)
    reader = csv.reader(feed, delimiter=delimiter, strict=True)
    line = first_line
    while True:
        feed.begin()
        reason = None
        fields: list[str] | None = None
        try:
            fields = next(reader)
        except StopIteration:
            return
        except (csv.Error, _RecordTooLong) as error:
            reason = _reason(error)
        text = feed.taken[0] if len(feed.taken) == 1 else "".join(feed.taken)
        if reason or ' "' in text:
            spaced = _spaces_around_quotes(text, delimiter)
            while reason and spaced is UNCLOSED and len(feed.taken) < LONGEST_LENIENT and feed.take():
                text = "".join(feed.taken)
                spaced = _spaces_around_quotes(text, delimiter)
            if spaced:
                fields, reason = spaced, None
            elif reason:
                feed.give_back_all_but_first()
                text = feed.taken[0]
        if not text.strip(" \t\r\n") and delimiter not in text:
            yield Record(line, text, None, blank=True)
        else:
            yield Record(line, text.rstrip("\r\n") if reason else text, fields, reason)
        line += len(feed.taken)


def _reason(error: Exception) -> str:
    if isinstance(error, _RecordTooLong) or "unexpected end" in str(error):
        return "a quote is opened and never closed"
    return "text follows a closing quote (a quote inside a value has to be doubled)"


def _spaces_around_quotes(text: str, delimiter: str) -> list[str] | None:
    """The fields of a record in which spaces stand around quoted values (`"a" , "b"`), as DuckDB reads it;
    else None.
    """
    if len(text) > 100_000 or ('" ' not in text and ' "' not in text) or delimiter == " ":
        return None
    fields: list[str] = []
    position, end = 0, len(text.rstrip("\r\n"))
    while True:
        start = position
        while start < end and text[start] == " ":
            start += 1
        if text.startswith('"', start):
            position = start
            close = position + 1
            while True:
                close = text.find('"', close, end)
                if close < 0:
                    return UNCLOSED
                if text.startswith('""', close):
                    close += 2
                    continue
                break
            fields.append(text[position + 1 : close].replace('""', '"'))
            position = close + 1
            while position < end and text[position] == " ":
                position += 1
            if position < end and text[position] != delimiter:
                return None
        else:
            stop = text.find(delimiter, position, end)
            stop = end if stop < 0 else stop
            fields.append(text[position:stop])
            position = stop
        if position >= end:
            return fields
        position += 1


def sniff_delimiter(lines: list[str], name: str) -> str:
    """The delimiter that splits the header into most columns and most records confirm: one of , ; tab |."""

    def score(delimiter: str) -> tuple[bool, int]:
        found = [record for record in records(iter(lines), delimiter) if not record.blank]
        widths = [len(record.fields) for record in found if record.fields is not None]
        if not widths or widths[0] < 2:
            return False, 0
        return sum(width == widths[0] for width in widths) * 2 > len(found), widths[0]

    order = ["\t", ",", ";", "|"] if ".tsv" in name.lower() else [",", ";", "\t", "|"]
    return max(order, key=score)
