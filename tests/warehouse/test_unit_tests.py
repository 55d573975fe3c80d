"""dbt's unit tests, run once in this process on the shared build."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.conftest import ROOT, Warehouse


@pytest.fixture(scope="module")
def results(sample: Warehouse) -> dict[str, Any]:
    """Result of every dbt unit test, by name."""
    from dbt.cli.main import dbtRunner

    from orchestration.dbt_project import close_connections

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_BUILD_DIR", str(sample.paths.build_dir))
        patch.chdir(ROOT)
        outcome = dbtRunner().invoke([
            "test", "--select", "test_type:unit", "--target-path", str(sample.paths.target_dir),
            "--profiles-dir", str(ROOT), "--log-level", "none", "--log-level-file", "none",
        ])  # fmt: skip
    close_connections()
    assert outcome.result is not None, outcome.exception
    return {result.node.name: result for result in outcome.result.results}


def test_every_unit_test_passes(results: dict[str, Any]) -> None:
    failed = {name: result.message for name, result in results.items() if str(result.status) != "pass"}
    assert not failed, json.dumps(failed, indent=2)
    assert len(results) >= 30


def test_every_kpi_has_a_unit_test(results: dict[str, Any], sample: Warehouse) -> None:
    tested = {test["model"] for test in sample.manifest["unit_tests"].values() if test["name"] in results}
    kpis = {node["name"] for node in sample.models(public=True) if node["name"].startswith("kpi_")}
    assert kpis - tested == set()
