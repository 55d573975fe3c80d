"""One refresh at a time: a file lock that the operating system releases when its holder dies."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from orchestration.errors import RefreshBusy

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class LockHolder:
    """Who holds the lock, as written by the holder itself; both None when it could not be read."""

    pid: int | None
    started_at: str | None

    def __str__(self) -> str:
        if self.pid is None:
            return "another process"
        return f"process {self.pid}, started {self.started_at}"


class RefreshLock:
    """Context manager that holds the lock file exclusively.

    Args:
        path: the lock file; it is created and stays (an empty file means nobody holds it).
        wait_seconds: how long to wait for another holder; None waits for ever, 0 does not wait.
        on_wait: called once with the holder before waiting begins.

    Raises:
        RefreshBusy: on entering, when the lock was not free in time.
    """

    def __init__(
        self,
        path: Path,
        wait_seconds: float | None = None,
        on_wait: Callable[[LockHolder], None] | None = None,
    ) -> None:
        self.path = path
        self.wait_seconds = wait_seconds
        self.on_wait = on_wait
        self._handle: int | None = None

    def __enter__(self) -> Self:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            self._wait_for(handle)
        except BaseException:
            os.close(handle)
            raise
        holder = {"pid": os.getpid(), "started_at": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(handle, 0)
        os.pwrite(handle, json.dumps(holder).encode(), 0)
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            os.close(self._handle)
            self._handle = None

    def _wait_for(self, handle: int) -> None:
        deadline = None if self.wait_seconds is None else time.monotonic() + self.wait_seconds
        told = False
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                left = None if deadline is None else deadline - time.monotonic()
                if left is not None and left <= 0:
                    waited = f" after waiting {self.wait_seconds:g} seconds" if self.wait_seconds else ""
                    raise RefreshBusy(
                        f"Another refresh is running ({read_holder(self.path)}){waited}; "
                        "nothing was changed. Start again when it is done, or let this one wait with --wait."
                    ) from None
                if not told and self.on_wait is not None:
                    self.on_wait(read_holder(self.path))
                    told = True
                time.sleep(POLL_SECONDS if left is None else min(POLL_SECONDS, max(left, 0.01)))


def read_holder(path: Path) -> LockHolder:
    """What the holder of the lock wrote about itself."""
    try:
        written = json.loads(path.read_text())
        return LockHolder(pid=int(written["pid"]), started_at=str(written["started_at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return LockHolder(pid=None, started_at=None)


def is_locked(path: Path) -> bool:
    """Whether a refresh is running now."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
