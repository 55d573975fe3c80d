"""One refresh at a time, also when the holder is killed."""

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from orchestration.errors import RefreshBusy
from orchestration.lock import LockHolder, RefreshLock, is_locked, read_holder

SPAWN = multiprocessing.get_context("spawn")


def hold(path: Path, held: "multiprocessing.synchronize.Event") -> None:
    with RefreshLock(path):
        held.set()
        time.sleep(60)


def test_a_second_holder_is_refused_with_the_first_ones_process(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    with RefreshLock(path), pytest.raises(RefreshBusy, match=rf"process {os.getpid()}, started 20"):
        RefreshLock(path, wait_seconds=0).__enter__()


def test_waiting_ends_when_patience_ends(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    with RefreshLock(path), pytest.raises(RefreshBusy, match=r"after waiting 0\.1 seconds"):
        RefreshLock(path, wait_seconds=0.1).__enter__()


def test_who_waits_is_told_once_and_then_gets_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    told: list[LockHolder] = []
    first = RefreshLock(path).__enter__()
    threading.Timer(0.3, lambda: first.__exit__(None, None, None)).start()
    with RefreshLock(path, wait_seconds=10, on_wait=told.append):
        assert is_locked(path)
    assert [holder.pid for holder in told] == [os.getpid()]


def test_a_released_lock_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    with RefreshLock(path):
        pass
    assert not is_locked(path)
    assert read_holder(path) == LockHolder(None, None)


def test_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "refresh.lock"
    held = SPAWN.Event()
    process = SPAWN.Process(target=hold, args=(path, held))
    process.start()
    assert held.wait(30)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    with RefreshLock(path, wait_seconds=0):
        assert read_holder(path).pid == os.getpid()
