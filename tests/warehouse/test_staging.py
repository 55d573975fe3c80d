"""Staging judges every record and drops none. dbt's own unit tests cannot see a seed's contract, so the compiled SQL is tried here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT, Warehouse

Records = list[dict[str, Any]]
Stage = Callable[[str, list[Mapping[str, str | None]]], Records]


@pytest.fixture(scope="module")
def compiled(sample: Warehouse) -> Iterator[dict[str, Any]]:
    """Staging models with their compiled SQL, by name."""
    from dbt.cli.main import dbtRunner

    from orchestration.dbt_project import close_connections, parse

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KPI_BUILD_DIR", str(sample.paths.build_dir))
        patch.chdir(ROOT)
        outcome = dbtRunner(manifest=parse(sample.paths).handle).invoke([
            "compile", "--select", "path:models/staging", "--target-path", str(sample.paths.target_dir),
            "--profiles-dir", str(ROOT), "--log-level", "none", "--log-level-file", "none",
        ])  # fmt: skip
    close_connections()
    assert outcome.success, outcome.exception
    yield {result.node.name: result.node for result in outcome.result.results}


@pytest.fixture(scope="module")
def stage(compiled: dict[str, Any], sample: Warehouse) -> Iterator[Stage]:
    """Stages records given as written in an export; returns every record with its verdict, in the order of the file."""
    connection = duckdb.connect()
    connection.execute("attach ':memory:' as kpi")
    connection.execute("create schema kpi.raw")
    connection.execute("set TimeZone = 'UTC'")

    def run(model: str, records: list[Mapping[str, str | None]]) -> Records:
        node = compiled[model]
        seed = sample.manifest["nodes"][node.depends_on.nodes[0]]
        columns = list(seed["columns"])
        names = ", ".join(f'"{name}" varchar' for name in columns)
        connection.execute(
            f'create or replace table kpi.raw."{seed["name"]}" ({names}, _export_file varchar, _export_record bigint)'
        )
        for number, record in enumerate(records, start=1):
            assert set(record) <= set(columns) | {"_export_file"}
            values = [record.get(name) for name in columns] + [record.get("_export_file", "f.csv"), number]
            marks = ", ".join("?" * len(values))
            connection.execute(f'insert into kpi.raw."{seed["name"]}" values ({marks})', values)
        result = connection.execute(f"{node.compiled_code} order by _export_file, _export_record")
        names_out = [column[0] for column in result.description]
        return [dict(zip(names_out, row, strict=True)) for row in result.fetchall()]

    yield run
    connection.close()


def cost(**fields: str | None) -> dict[str, str | None]:
    return {"cost_id": "1", "customer_id": "c", "incurred_on": "2024-01-01", "amount": "10", **fields}


COSTS = "stg_generic__customer_cost"


@pytest.mark.parametrize(
    ("field", "written", "reason"),
    [
        ("cost_id", "", "required value is missing"),
        ("cost_id", "   ", "required value is missing"),
        ("customer_id", None, "required value is missing"),
        ("incurred_on", "2024-02-30", '"2024-02-30" is no date'),
        ("amount", "1.234,50", '"1.234,50" is no decimal'),
    ],
)
def test_a_bad_key_date_or_amount_rejects_the_record_and_says_what_was_written(
    stage: Stage, field: str, written: str | None, reason: str
) -> None:
    (record,) = stage(COSTS, [cost(**{field: written})])
    assert (record["_row_status"], record["_rejected_column"], record["_rejected_reason"]) == (
        "rejected",
        field,
        reason,
    )


def test_another_value_that_does_not_fit_becomes_null_and_is_listed(stage: Stage) -> None:
    (record,) = stage(COSTS, [cost(kind="Bribe", updated_at="yesterday")])
    assert record["_row_status"] == "staged"
    assert (record["kind"], record["updated_at"]) == (None, None)
    assert record["_misfits"] == [
        {"column": "kind", "reason": '"Bribe" is none of acquisition, service, retention'},
        {"column": "updated_at", "reason": '"yesterday" is no timestamp'},
    ]


def test_an_empty_optional_value_is_no_misfit(stage: Stage) -> None:
    (record,) = stage(COSTS, [cost(kind=" ", updated_at=None)])
    assert (record["_row_status"], record["_misfits"]) == ("staged", None)


def test_the_newest_version_of_a_key_is_staged_wherever_it_stands(stage: Stage) -> None:
    records = stage(COSTS, [
        cost(amount="3", updated_at="2024-03-01"), cost(amount="1", updated_at="2024-01-01"), cost(amount="2", updated_at=None),
    ])  # fmt: skip
    assert [record["_row_status"] for record in records] == ["staged", "superseded", "superseded"]


def test_a_rejected_newer_version_does_not_hide_a_good_older_one(stage: Stage) -> None:
    records = stage(COSTS, [cost(updated_at="2024-01-01"), cost(amount="much", updated_at="2024-02-01")])
    assert [record["_row_status"] for record in records] == ["staged", "rejected"]


def test_a_deleted_record_is_deleted_and_its_older_version_does_not_come_back(stage: Stage) -> None:
    records = stage(COSTS, [cost(updated_at="2024-01-01"), cost(updated_at="2024-02-01", is_deleted="true")])
    assert [record["_row_status"] for record in records] == ["superseded", "deleted"]


def test_the_planned_close_of_an_open_deal_is_no_past_event(stage: Stage) -> None:
    deal = {"opportunity_id": "1", "created_at": "2024-01-01T00:00:00Z", "closed_at": "2025-12-31T00:00:00Z"}
    planned, closed = stage("stg_generic__opportunity", [
        {**deal, "outcome": "open"}, {**deal, "opportunity_id": "2", "outcome": "won"},
    ])  # fmt: skip
    assert str(planned["_last_event_at"]) == "2024-01-01 00:00:00"
    assert str(closed["_last_event_at"]) == "2025-12-31 00:00:00"


def test_a_planned_task_has_not_happened(stage: Stage) -> None:
    task = {"CreatedDate": "2024-01-01T10:00:00Z", "ActivityDate": "2024-01-01"}
    tasks = stage("stg_salesforce__activity", [
        {**task, "Id": "1", "Status": "Not Started"}, {**task, "Id": "2", "Status": "Completed"}, {**task, "Id": "3"},
    ])  # fmt: skip
    assert [record["is_done"] for record in tasks] == [False, True, True]
    assert str(tasks[1]["occurred_at"]) == "2024-01-01 10:00:00"


def test_whether_a_call_reached_somebody_is_told_by_its_column_else_its_outcome_else_its_length(
    stage: Stage,
) -> None:
    told = {
        "no column": ({}, None),
        "the column says it": (
            {"is_connected": "no", "outcome": "Connected", "duration_seconds": "60"},
            False,
        ),
        "an outcome": ({"outcome": "Left_Voicemail", "duration_seconds": "20"}, False),
        "a length": ({"outcome": "not interested", "duration_seconds": "20"}, True),
        "no length": ({"duration_seconds": "0"}, False),
        "an unknown outcome": ({"outcome": "not interested"}, None),
        "an e-mail": ({"kind": "email", "duration_seconds": "20"}, None),
    }
    calls = stage("stg_generic__activity", [
        {"activity_id": name, "kind": "call", "occurred_at": "2024-01-01", **fields}
        for name, (fields, _) in told.items()
    ])  # fmt: skip
    found = {record["activity_id"]: record["is_connected"] for record in calls}
    assert found == {name: expected for name, (_, expected) in told.items()}


def test_a_period_of_a_rep_without_a_start_is_a_key_of_its_own(stage: Stage) -> None:
    records = stage(
        "stg_generic__rep", [{"rep_id": "r"}, {"rep_id": "r", "valid_from": "2024-01-01"}, {"rep_id": "r"}]
    )
    assert [record["_row_status"] for record in records] == ["superseded", "staged", "staged"]


def test_google_cost_is_in_millionths(stage: Stage) -> None:
    ad = {
        "segments.date": "2024-01-05",
        "customer.id": "1",
        "ad_group_ad.ad.id": "9",
        "metrics.cost_micros": "1234567890",
    }
    (record,) = stage("stg_google_ads__ad_performance_daily", [ad])
    assert str(record["spend"]) == "1234.5679"


def test_only_purchases_among_metas_actions_are_conversions(stage: Stage) -> None:
    ad = {"date_start": "2024-01-05", "account_id": "1", "ad_id": "9", "spend": "10"}
    actions = '[{"action_type":"link_click","value":"40"},{"action_type":"purchase","value":"2"},{"action_type":"lead","value":"5"}]'
    worth = '[{"action_type":"purchase","value":"99.90"}]'
    with_actions, without, broken = stage("stg_meta_ads__ad_performance_daily", [
        {**ad, "actions": actions, "action_values": worth}, {**ad, "ad_id": "10"}, {**ad, "ad_id": "11", "actions": "[{"},
    ])  # fmt: skip
    assert (with_actions["platform_conversions"], float(with_actions["platform_conversion_value"])) == (
        2,
        99.9,
    )
    assert (without["platform_conversions"], without["platform_conversion_value"]) == (0, 0)
    assert (broken["_row_status"], broken["platform_conversions"]) == ("staged", 0)
    assert broken["_misfits"] == [{"column": "actions", "reason": '"[{" is no json'}]


def test_an_event_of_google_analytics_has_its_time_in_microseconds_and_no_key_of_its_own(
    stage: Stage,
) -> None:
    event = {"event_timestamp": "1709287200500250", "event_name": "page_view", "user_pseudo_id": "1.2"}
    first, again, other, late, wrong = stage("stg_ga4__event", [
        {**event, "batch_event_index": "1"}, {**event, "batch_event_index": "1"}, {**event, "batch_event_index": "2"},
        {**event, "user_pseudo_id": None}, {**event, "event_timestamp": "1709287200"},
    ])  # fmt: skip
    assert (first["_row_status"], again["_row_status"]) == ("superseded", "staged")
    assert (other["_row_status"], late["_row_status"]) == ("staged", "staged")
    assert str(again["occurred_at"]) == str(again["_last_event_at"]) == "2024-03-01 10:00:00.500250"
    assert len({record["action_id"] for record in (again, other, late)}) == 3
    assert (wrong["_row_status"], wrong["_rejected_reason"]) == (
        "rejected",
        '"1709287200" is no microseconds',
    )


def test_a_click_id_tells_the_origin_where_the_tags_are_missing(stage: Stage) -> None:
    event = {"event_timestamp": "1709287200500250", "event_name": "page_view"}
    clicked, tagged, direct, unknown = stage("stg_ga4__event", [
        {**event, "user_pseudo_id": "1", "ga_session_id": "1", "gclid": "x"},
        {**event, "user_pseudo_id": "2", "ga_session_id": "1", "gclid": "x", "source": "bing", "medium": "ppc"},
        {**event, "user_pseudo_id": "3", "ga_session_id": "1"}, {**event, "user_pseudo_id": "4"},
    ])  # fmt: skip
    assert (clicked["utm_source"], clicked["utm_medium"]) == ("google", "cpc")
    assert (tagged["utm_source"], tagged["utm_medium"]) == ("bing", "ppc")
    assert (direct["utm_source"], direct["default_source"], unknown["default_source"]) == (
        None,
        "(direct)",
        None,
    )


def test_metas_reactions_are_told_apart_from_conversions(stage: Stage) -> None:
    ad = {"date_start": "2024-01-05", "account_id": "1", "ad_id": "9", "spend": "10"}
    actions = '[{"action_type":"post_reaction","value":"7"},{"action_type":"purchase","value":"2"}]'
    (record,) = stage("stg_meta_ads__ad_performance_daily", [{**ad, "actions": actions}])
    assert (record["reactions"], record["platform_conversions"]) == (7, 2)


def test_salesforce_ids_tell_leads_from_contacts_and_a_closed_flag_without_a_win_is_a_loss(
    stage: Stage,
) -> None:
    lead, contact = stage("stg_salesforce__activity", [
        {"Id": "00T1", "WhoId": "00Q9", "WhatId": "0069", "CreatedDate": "2024-01-01"},
        {"Id": "00T2", "WhoId": "0039", "WhatId": "0019", "CreatedDate": "2024-01-01"},
    ])  # fmt: skip
    assert (lead["lead_id"], lead["contact_id"], lead["opportunity_id"]) == ("00Q9", None, "0069")
    assert (contact["lead_id"], contact["contact_id"], contact["opportunity_id"]) == (None, "0039", None)
    deal = {"CreatedDate": "2024-01-01", "CloseDate": "2024-02-01"}
    outcomes = stage("stg_salesforce__opportunity", [
        {**deal, "Id": "1", "IsClosed": "true", "IsWon": "true"}, {**deal, "Id": "2", "IsClosed": "true", "IsWon": "false"},
        {**deal, "Id": "3", "IsClosed": "false", "IsWon": "false"}, {**deal, "Id": "4"},
    ])  # fmt: skip
    assert [record["outcome"] for record in outcomes] == ["won", "lost", "open", None]


VALUES = st.one_of(
    st.none(),
    st.just(""),
    st.text(max_size=12),
    st.sampled_from(["1", "2", "2024-01-01", "2024-01-01T10:00:00Z", "true", "won", "10.5", "-", "NULL"]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("model", ["stg_generic__opportunity", "stg_salesforce__order", COSTS])
def test_whatever_an_export_says_each_record_comes_back_once_with_one_verdict(
    stage: Stage, sample: Warehouse, model: str, data: st.DataObject
) -> None:
    parent = sample.manifest["nodes"][f"model.kpi_warehouse.{model}"]["depends_on"]["nodes"][0]
    seed = sample.manifest["nodes"][parent]
    record = st.fixed_dictionaries({}, optional=dict.fromkeys(seed["columns"], VALUES))
    records = data.draw(st.lists(record, max_size=8))
    staged = stage(model, records)
    assert sorted(row["_export_record"] for row in staged) == list(range(1, len(records) + 1))
    assert {row["_row_status"] for row in staged} <= {"staged", "rejected", "superseded", "deleted"}
    key = (
        staged
        and [name for name in ("opportunity_id", "order_id", "cost_id") if name in staged[0]][
            -1 if "order" in model else 0
        ]
    )
    keys = [row[key] for row in staged if row["_row_status"] == "staged"]
    assert len(keys) == len(set(keys))
    assert None not in keys
