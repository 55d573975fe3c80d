"""Simulated companies whose exports were refreshed, each with the truth about it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator import SimulationSettings, simulate, write_exports
from tests.conftest import Warehouse, refreshed
from tests.warehouse.truth_comparison import Company


@pytest.fixture(scope="session")
def sample_company(sample: Warehouse) -> Iterator[Company]:
    with sample.release() as database:
        yield Company(simulate(SimulationSettings()).truth, database)


@pytest.fixture(scope="session")
def other_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """A company nobody has looked at, through the door for a company's own exports."""
    folder = tmp_path_factory.mktemp("other")
    company = simulate(SimulationSettings(seed=20261, scale=2))
    write_exports(company, folder / "exports")
    with refreshed(folder, folder / "exports").release() as database:
        yield Company(company.truth, database)


@pytest.fixture(params=["sample", pytest.param("other", marks=pytest.mark.slow)])
def company(request: pytest.FixtureRequest) -> Company:
    return request.getfixturevalue(f"{request.param}_company")


@pytest.fixture(scope="session")
def columns(sample: Warehouse) -> dict[str, set[str]]:
    """The columns of every published table."""
    found: dict[str, set[str]] = {}
    for table, column in sample.rows(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal"
    ):
        found.setdefault(table, set()).add(column)
    return found
