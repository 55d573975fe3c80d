"""What every part of the dbt project owes its readers: contract, grain, owner, descriptions, and its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT, Warehouse

AREAS = {"sales", "marketing", "service", "customers", "partners", "management", "quality"}


def test_every_mart_has_a_contract_an_owner_and_a_grain(sample: Warehouse) -> None:
    faults = []
    groups = sample.manifest["groups"]
    for node in sample.models():
        if not node["path"].startswith("marts/"):
            continue
        group = groups.get(f"group.kpi_warehouse.{node['group']}", {})
        wanted = {
            "contract": node["config"]["contract"]["enforced"],
            "public": node["access"] == "public",
            "owner": bool(group.get("owner", {}).get("email")),
            "schema": node["schema"] in AREAS,
            "grain sentence": node["description"].startswith("One row per "),
            "types": all(column["data_type"] for column in node["columns"].values()),
        }
        faults += [f"{node['name']}: no {what}" for what, there in wanted.items() if not there]
    assert not faults


def test_what_is_not_a_mart_is_not_public(sample: Warehouse) -> None:
    assert [n["name"] for n in sample.models(public=True) if not n["path"].startswith("marts/")] == []


def test_every_model_and_seed_and_each_of_their_columns_is_described(sample: Warehouse) -> None:
    faults = []
    with sample.build() as connection:
        columns: dict[tuple[str, str], set[str]] = {}
        for schema, table, column in connection.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal"
        ).fetchall():
            columns.setdefault((schema, table), set()).add(column)
    for node in sample.manifest["nodes"].values():
        if node["resource_type"] not in ("model", "seed"):
            continue
        if not node["description"]:
            faults.append(f"{node['name']}: no description")
        described = {name for name, column in node["columns"].items() if column["description"]}
        found = columns[node["schema"], node["alias"]]
        if node["resource_type"] == "seed":
            found -= {"_export_file", "_export_record"}
        faults += [f"{node['name']}.{name}: no description" for name in sorted(found - described)]
        faults += [f"{node['name']}.{name}: described, but not there" for name in sorted(described - found)]
    assert not faults


def test_every_published_table_has_one_test_of_its_grain(sample: Warehouse) -> None:
    grains: dict[str, int] = {}
    for node in sample.manifest["nodes"].values():
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") == "grain":
            grains[node["attached_node"]] = grains.get(node["attached_node"], 0) + 1
    for model in sample.models(public=True):
        # rejected_rows has no key: a line that cannot be read has no record number
        expected = 0 if model["name"] == "rejected_rows" else 1
        assert grains.get(model["unique_id"], 0) == expected, model["name"]


def test_the_sql_of_every_model_opens_with_its_grain_and_stands_beside_its_yaml() -> None:
    for file in (ROOT / "models").rglob("*.sql"):
        assert file.read_text(encoding="utf-8").startswith("-- One row"), file.name
        assert file.with_suffix(".yml").is_file(), file.name


def test_every_staging_model_is_in_the_list_that_accounting_is_made_of(sample: Warehouse) -> None:
    listed = {
        node["name"]
        for node in sample.models()
        if f"model.kpi_warehouse.{node['name']}"
        in sample.manifest["nodes"]["model.kpi_warehouse.int_export_records"]["depends_on"]["nodes"]
    }
    assert listed == {file.stem for file in (ROOT / "models" / "staging").rglob("*.sql")}


def test_each_folder_depends_only_on_those_to_its_left(sample: Warehouse) -> None:
    order = {"seeds": 0, "staging": 1, "intermediate": 2, "marts": 3}
    nodes = sample.manifest["nodes"]

    def place(node: dict[str, Any]) -> int:
        return order["seeds" if node["resource_type"] == "seed" else node["path"].split("/")[0]]

    for node in sample.models():
        for parent in node["depends_on"]["nodes"]:
            assert place(nodes[parent]) <= place(node), f"{node['name']} reads {parent}"


def test_metrics_are_yaml_over_published_facts_and_say_what_they_are(sample: Warehouse) -> None:
    assert {file.suffix for file in (ROOT / "models" / "metrics").iterdir()} == {".yml"}
    public = {model["unique_id"] for model in sample.models(public=True)}
    for semantic_model in sample.manifest["semantic_models"].values():
        assert set(semantic_model["depends_on"]["nodes"]) <= public, semantic_model["name"]
        assert semantic_model["description"], semantic_model["name"]
    for metric in sample.manifest["metrics"].values():
        assert metric["label"] and metric["description"].endswith("."), metric["name"]


def test_staging_reads_one_export_and_only_its_own_systems(sample: Warehouse) -> None:
    for node in sample.models():
        if node["path"].startswith("staging/"):
            (parent,) = node["depends_on"]["nodes"]
            assert parent.split(".")[-1].split("__")[0] == node["path"].split("/")[1], node["name"]


def test_intermediate_and_marts_take_staged_records_only() -> None:
    for file in [
        *(ROOT / "models" / "intermediate").glob("*.sql"),
        *(ROOT / "models" / "marts").rglob("*.sql"),
    ]:
        sql = file.read_text(encoding="utf-8")
        accounts = "staging_models()" in sql
        if "ref('stg_" in sql and not accounts:
            assert "_row_status = 'staged'" in sql, file.name


def test_former_and_deleted_records_are_read_only_where_the_pipeline_of_the_past_is_told() -> None:
    # what was superseded or deleted is no fact of today, and the only trace of how a deal stood before
    readers = {
        file.stem
        for file in (ROOT / "models").rglob("*.sql")
        if "union_records(" in file.read_text(encoding="utf-8")
    }
    assert readers == {"int_opportunity_owner_change", "int_opportunity_version", "int_pipeline_event"}


def test_no_model_asks_for_the_current_date_or_switches_on_a_variable() -> None:
    for file in (ROOT / "models").rglob("*.sql"):
        sql = file.read_text(encoding="utf-8").lower()
        assert not re.search(r"current_date|current_timestamp|now\(\)|today\(\)", sql), file.name
        assert "if var(" not in sql, file.name


@pytest.mark.parametrize(
    "pattern",
    ["orchestration/**/*.py", "simulator/**/*.py", "tests/**/*.py", "models/**/*.sql", "macros/*.sql"],
)
def test_no_file_is_longer_than_four_hundred_lines(pattern: str) -> None:
    long = {
        file.name: n
        for file in ROOT.glob(pattern)
        if (n := len(file.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert not long


def test_no_model_is_named_in_python(sample: Warehouse) -> None:
    # the history of refreshes is the orchestrator's own and has the name of the table that shows it
    names = [node["name"] for node in sample.models() if node["name"] != "refresh_log"]
    for file in (ROOT / "orchestration").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        assert [name for name in names if re.search(rf"\b{name}\b", text)] == [], file.name


def test_every_seed_header_is_its_contract() -> None:
    for file in (ROOT / "seeds").rglob("*.csv"):
        header = file.open(encoding="utf-8").readline().rstrip("\n").split(",")
        (seed,) = yaml.safe_load(file.with_suffix(".yml").read_text(encoding="utf-8"))["seeds"]
        assert [column["name"] for column in seed["columns"]] == header, file.name
        assert seed["name"] == file.stem


def test_versions_and_personal_data_stay_out_of_the_release(sample: Warehouse) -> None:
    columns = {
        name
        for (name,) in sample.rows("select distinct column_name from duckdb_columns() where not internal")
    }
    assert not {
        name
        for name in columns
        # a number of e-mails is not an e-mail address
        if re.search(r"e_?mail|phone|first_name|last_name|street|lead_name|contact_name", name)
        and not name.endswith("_count")
    }


def test_tests_do_not_need_anything_outside_the_clone() -> None:
    for file in Path(ROOT / "tests").rglob("*.py"):
        assert "../" + "shared" not in file.read_text(encoding="utf-8"), file.name


def test_the_readme_lists_every_published_table(sample: Warehouse) -> None:
    rows = re.findall(
        r"^\| (\w+) \| ([\w, ]+) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    listed = {
        f"{schema}.{table}" for schema, tables in rows if schema in AREAS for table in tables.split(", ")
    }
    assert listed == {f"{model['schema']}.{model['name']}" for model in sample.models(public=True)}
