"""The folder of exports that most tests of landing begin with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from orchestration.landing import LandingReport
from tests.landing.exports_folder import Exports


@pytest.fixture
def exports(tmp_path: Path) -> Exports:
    """An empty exports folder."""
    (tmp_path / "exports").mkdir()
    return Exports(tmp_path / "exports", tmp_path / "build" / "kpi.duckdb", tmp_path / "build" / "archive")


@pytest.fixture
def mapped(exports: Exports) -> Callable[[str, str], LandingReport]:
    """Lands one file `deals.csv` with the given lines below `objects:` of exports.yml."""

    def run(csv_text: str, objects: str) -> LandingReport:
        exports.write("deals.csv", csv_text)
        exports.write("exports.yml", "version: 1\nobjects:\n" + objects)
        return exports.land()

    return run
