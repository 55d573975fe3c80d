"""What a person sees while a refresh runs: phases, counts and seconds, as plain lines."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

SECONDS_BETWEEN_LINES = 2.0


class Progress:
    """Says how far each phase is; the same object keeps the timings of the phases.

    On a terminal the line of the running phase is rewritten in place; elsewhere a line is printed every
    two seconds at most, so that logs stay short.
    """

    def __init__(self, stream: TextIO | None = None, quiet: bool = False) -> None:
        self.stream = stream if stream is not None else sys.stderr
        self.quiet = quiet
        self.timings: dict[str, float] = {}
        self._live = not quiet and self.stream.isatty()
        self._open_line = False
        self._last = 0.0

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Time a phase (seconds, added up under its name) and say when it is over."""
        started = time.perf_counter()
        self._last = time.monotonic()
        if self._live:
            self._write(f"{name} ...", stay=False)
        outcome = "failed"
        try:
            yield
            outcome = ""
        finally:
            seconds = time.perf_counter() - started
            self.timings[name] = self.timings.get(name, 0.0) + seconds
            self._write(f"{name:<10} {outcome or 'done'} in {seconds:.1f} s", stay=True)

    def step(self, name: str, done: int, total: int, what: str = "") -> None:
        """`done` of `total` things of a phase are through; shown on a terminal, else now and then."""
        self.detail(name, f"{done} of {total}  {what}")

    def detail(self, name: str, text: str) -> None:
        """What a phase is at; shown on a terminal, else now and then."""
        now = time.monotonic()
        if self._live:
            self._write(f"{name:<10} {text}", stay=False)
        elif now - self._last >= SECONDS_BETWEEN_LINES:
            self._last = now
            self._write(f"{name:<10} {text}".rstrip(), stay=True)

    def say(self, text: str) -> None:
        """A line that stays."""
        self._write(text, stay=True)

    def _write(self, text: str, *, stay: bool) -> None:
        if self.quiet:
            return
        if self._live:
            self.stream.write("\r\x1b[2K" + (text if stay else text[:110]) + ("\n" if stay else ""))
        else:
            self.stream.write(text + "\n")
        self.stream.flush()
