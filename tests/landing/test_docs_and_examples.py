"""The pages about exports name everything there is, and the examples land."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.landing import Contracts, contracts_from_manifest, read_exports_config
from orchestration.landing.mapping import OBJECT_KEYS, RULE_KEYS, TOP_KEYS
from orchestration.landing.reference import reference
from tests.landing.exports_folder import Exports

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def contracts() -> Contracts:
    """The project's contracts, read from the YAML beside the seeds as dbt would hand them over."""
    nodes: dict[str, Any] = {}
    for path in sorted((ROOT / "seeds").rglob("*.yml")):
        for seed in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("seeds", []):
            columns = {column["name"]: column for column in seed.get("columns", [])}
            nodes[seed["name"]] = {**seed, "resource_type": "seed", "schema": "raw", "columns": columns}
    return contracts_from_manifest({"nodes": nodes})


def test_the_reference_of_objects_is_up_to_date(contracts: Contracts) -> None:
    written = (ROOT / "docs/exports/objects.md").read_text(encoding="utf-8")
    told = "run: python -m orchestration.landing.reference > docs/exports/objects.md (after dbt parse)"
    assert written == reference(contracts), told


def test_the_reference_names_every_generic_column(contracts: Contracts) -> None:
    written = (ROOT / "docs/exports/objects.md").read_text(encoding="utf-8")
    generic = contracts.of_system("generic")
    assert generic
    for contract in generic:
        section = written.split(f"\n### {contract.object}\n", 1)[1].split("\n### ", 1)[0]
        for column in contract.column_names:
            assert f"`{column}`" in section


def test_the_page_on_mapping_names_every_key() -> None:
    page = (ROOT / "docs/exports/mapping.md").read_text(encoding="utf-8")
    for key in {*TOP_KEYS, *OBJECT_KEYS, *RULE_KEYS}:
        assert re.search(rf"`[^`\n]*\b{key}\b", page), key


def test_the_blocks_of_the_page_are_valid(exports: Exports) -> None:
    page = (ROOT / "docs/exports/mapping.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^ *```yaml\n(.*?)^ *```", page, flags=re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    for block in blocks:
        text = block if "version:" in block else _completed(block)
        indent = len(text) - len(text.lstrip(" "))
        exports.write("exports.yml", "\n".join(line[indent:] for line in text.splitlines()))
        read_exports_config(exports.folder)


def _completed(block: str) -> str:
    if block.startswith("         "):
        return "version: 1\nobjects:\n     opportunity:\n       files: x\n       columns:\n" + block
    return "version: 1\nobjects:\n" + block


def test_the_mapping_of_maven_crm_lands(exports: Exports, contracts: Contracts) -> None:
    exports.contracts = contracts
    exports.write("exports.yml", (ROOT / "examples/maven_crm/exports.yml").read_bytes())
    exports.write(
        "sales_pipeline.csv",
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
        "1C1I7A6R,Ann,GTXPro,Cancity,Won,2016-10-20,2017-03-01,1054\n"
        "Z063OYW0,Bob,MG Special,,Engaging,2016-10-25,,\n",
    )
    exports.write(
        "accounts.csv",
        "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
        "Cancity,technolgy,1996,1100.04,2822,Philipines,\n",
    )
    exports.write("products.csv", "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n")
    exports.write("sales_teams.csv", "sales_agent,manager,regional_office\nAnn,Cara,Central\nBob,Cara,East\n")
    report = exports.land()
    assert report.warnings == []
    assert exports.rows(
        "select product_id, outcome, currency, amount from raw.generic__opportunity order by 1"
    ) == [
        ("GTX Pro", "won", "USD", "1054"),
        ("MG Special", "open", "USD", None),
    ]
    assert exports.rows("select segment, country from raw.generic__account") == [
        ("technology", "Philippines")
    ]
    assert exports.rows("select rep_id, team, region from raw.generic__rep order by 1") == [
        ("Ann", "Cara", "Central"),
        ("Bob", "Cara", "East"),
    ]


def test_the_mapping_of_the_call_center_lands(exports: Exports, contracts: Contracts) -> None:
    exports.contracts = contracts
    exports.write("exports.yml", (ROOT / "examples/call_center/exports.yml").read_bytes())
    exports.write(
        "Call-Center-Dataset.csv",
        "\ufeffCall Id,Agent,Date,Time,Topic,Answered (Y/N),Resolved,Speed of answer in seconds,AvgTalkDuration,"
        "Satisfaction rating\n"
        "ID0001,Diane,2021-01-01,9:12:58,Contract related,Y,Y,109,0:02:23,3\n"
        "ID0002,Becky,2021-07-01,9:12:58,Technical Support,N,N,,,\n",
    )
    report = exports.land()
    assert report.warnings == []
    assert exports.rows(
        "select requested_at, response_seconds, contacts_count, is_resolved, satisfaction_score"
        " from raw.generic__request order by request_id"
    ) == [
        ("2021-01-01T08:12:58.000000Z", "109", "1", "Y", "3"),
        ("2021-07-01T07:12:58.000000Z", None, "0", "N", None),
    ]
    assert exports.rows(
        "select direction, is_connected, duration_seconds from raw.generic__activity order by activity_id"
    ) == [("inbound", "Y", "0:02:23"), ("inbound", "N", None)]


def test_the_mapping_of_fivetrans_tables_names_only_columns_of_the_contracts(
    exports: Exports, contracts: Contracts
) -> None:
    exports.contracts = contracts
    path = ROOT / "examples/fivetran_salesforce/exports.yml"
    exports.write("exports.yml", path.read_bytes())
    for mapping in read_exports_config(path.parent).objects:
        names = {name for rule in mapping.columns for name in rule.columns} | {
            row[0] for row in mapping.only_rows
        }
        exports.write(mapping.files[0][0].replace("*", ""), ",".join(sorted(names)) + "\n")
    for name in ("sf_event_data.csv", "sf_user_role_data.csv", "sf_account_history_data.csv"):
        exports.write(name, "id\n")
    report = exports.land()
    assert [text for text in report.warnings if "a header and no records" not in text] == []
    assert len(report.files) == 9
