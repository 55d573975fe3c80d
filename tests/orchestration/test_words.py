"""What people read: figures, tables, the manifest's meta, and the history file."""

import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orchestration import refresh_log
from orchestration.audit import Audit, Finding, blocking_message
from orchestration.errors import ConfigurationError
from orchestration.manifest import Table, headlines, table_with_meta
from orchestration.paths import ProjectPaths
from orchestration.publishing import Release
from orchestration.summary import Figure, Headline, Summary, formatted, render
from orchestration.text import plain_table, plural

TABLE = Table("model.x", "sales", "kpi_win_rate")
RECORD = refresh_log.RefreshRecord("r1", "2024-01-01", "2024-01-01", None, "failed", None, 0, 1, None)


def node(name: str, **meta: Any) -> dict[str, Any]:
    return {
        "unique_id": f"model.x.{name}",
        "name": name,
        "schema": "sales",
        "resource_type": "model",
        "config": {"materialized": "table", "meta": meta},
    }


def manifest(*nodes: dict[str, Any]) -> dict[str, Any]:
    return {"nodes": {item["unique_id"]: item for item in nodes}}


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (0.3333, "percent", "33.3 %"),
        (Decimal("1234567.80"), "money", "1,234,568 EUR"),
        (1234, "number", "1,234"),
        (Decimal("3.50"), "number", "3.50"),
        (Decimal("4.00"), "number", "4"),
        (12.345, "days", "12.3 days"),
        (None, "percent", "no data"),
        ("n/a", "number", "n/a"),
    ],
)
def test_figures_are_written_as_people_write_them(value: Any, kind: str, expected: str) -> None:
    assert formatted(value, kind, "EUR") == expected


def test_counts_agree_with_their_noun() -> None:
    assert [plural(0, "row"), plural(1, "row"), plural(1204, "row")] == ["0 rows", "1 row", "1,204 rows"]


def test_tables_are_aligned_and_long_cells_are_cut() -> None:
    assert plain_table(["name", "n"], [["a", 1], ["bc", 22]], right=[1]) == [
        "name   n",
        "a      1",
        "bc    22",
    ]
    assert plain_table(["x"], [["a\nb" * 40]])[1].endswith("…")


def test_a_headline_that_cannot_be_computed_does_not_hide_the_others() -> None:
    good = Headline("Deals", TABLE, "sum(n)", "number")
    release = Release("r1", Path("/published/releases/r1"), {"sales.kpi_win_rate": 2})
    figures = [Figure(good, 5), Figure(replace(good, label="Broken"), problem="no such column")]
    told = render(Summary("sample company", None, release, Audit(1, [], [], [], 0, 0), figures=figures), 1.0)
    assert re.search(r"^  Deals +5$", told, re.MULTILINE)
    assert "Broken  cannot be computed (no such column)" in told


@pytest.mark.parametrize(
    "entry", [{"label": "x"}, {"value": "1"}, {"label": "x", "value": "1", "colour": "red"}]
)
def test_a_headline_with_wrong_keys_is_named(entry: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="kpi_win_rate"):
        headlines(manifest(node("kpi_win_rate", headlines=[entry])))


def test_two_models_cannot_both_be_the_as_of() -> None:
    with pytest.raises(ConfigurationError, match="one model only"):
        table_with_meta(manifest(node("a", as_of=True), node("b", as_of=True)), "as_of")


def test_a_check_without_record_addresses_points_to_the_build_file() -> None:
    finding = Finding("unique_x", "", "sales.x", 2, None, "models/x.yml", ["id"], [["a"], ["b"]])
    told = blocking_message(Audit(0, [], [finding], [], 0, 0))
    assert "on sales.x: 2 rows:" in told
    assert "build/kpi.duckdb" in told


def test_a_line_that_was_cut_off_does_not_spoil_the_history(tmp_path: Path) -> None:
    log = tmp_path / "published" / "refresh_log.jsonl"
    refresh_log.append(log, RECORD)
    with log.open("a") as file:
        file.write('{"refresh_id": "half')
    refresh_log.append(log, replace(RECORD, refresh_id="r2"))
    assert [record.refresh_id for record in refresh_log.read(log)] == ["r1", "r2"]


def test_variables_move_the_folders_and_an_empty_one_counts_as_not_set(tmp_path: Path) -> None:
    (tmp_path / "dbt_project.yml").write_text("name: x\n")
    environment = {"KPI_BUILD_DIR": "elsewhere", "KPI_PUBLISHED_DIR": "/srv/kpi", "EXPORTS_DIR": ""}
    paths = ProjectPaths.from_environment(root=tmp_path, environment=environment)
    assert paths.build_file == tmp_path / "elsewhere" / "kpi.duckdb"
    assert paths.published_dir == Path("/srv/kpi")
    assert paths.exports_dir is None
