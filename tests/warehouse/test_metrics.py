"""A metric and the KPI table beside it say the same, for each scope of the sample company, and for each month."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.conftest import ROOT, Warehouse
from tests.warehouse.metric_queries import (
    Address,
    Cut,
    Metrics,
    Table,
    by_month,
    by_scope,
    first_monthly,
    monthly,
    scoped,
)

DEALS = {
    "rep": "rep",
    "team": "opportunity__team",
    "region": "opportunity__region",
    "segment": "opportunity__segment",
    "source": "opportunity__source",
    "product_family": "opportunity__product_family",
    "partner": "partner",
}
OF_THE_DEAL = {kind: item if "__" in item else f"opportunity__{item}" for kind, item in DEALS.items()}
LEADS = {
    "rep": "rep",
    "team": "lead__team",
    "region": "lead__region",
    "country": "lead__country",
    "source": "lead__source",
    "channel": "lead__channel",
    "campaign": "campaign",
    "partner": "partner",
}
PIPELINE = {kind: item if "__" not in item else f"{{entity}}__{kind}" for kind, item in DEALS.items()}
SERVICE = {"rep": "rep", "team": "{entity}__team", "region": "{entity}__region"}
CUSTOMERS = {"segment": "customer__segment", "country": "customer__country"}
TOTALS = "stage = 'all' and age_band = 'all'"
AD_LEVELS = [
    Cut(["platform", "level_id"], ["platform", level], f"level = '{level}'")
    for level in ("ad", "ad_group", "campaign")
]
TABLES = {
    "kpi_leads": scoped("sales.kpi_leads", LEADS),
    "kpi_close_rate": scoped("sales.kpi_close_rate", LEADS),
    "kpi_deals": scoped("sales.kpi_deals", DEALS),
    "kpi_win_rate": scoped("sales.kpi_win_rate", DEALS),
    "kpi_sales_cycle": scoped("sales.kpi_sales_cycle", DEALS),
    "kpi_loss_reasons": scoped(
        # the stage a deal was lost in is not a dimension: it is that of its last open visit
        "(select period_kind, period_month, scope_kind, scope_id, nullif(loss_reason, 'not given') as loss_reason, "
        "nullif(competitor, 'none') as competitor, sum(lost_count) as lost_count, sum(lost_amount_base) as lost_amount_base "
        "from sales.kpi_loss_reasons group by all)",
        DEALS,
        ("loss_reason", "opportunity__loss_reason"),
        ("competitor", "opportunity__competitor"),
    ),
    "kpi_stage_dwell": scoped("sales.kpi_stage_dwell", OF_THE_DEAL, ("stage", "stage_visit__visited_stage")),
    "kpi_stage_conversion": scoped(
        "sales.kpi_stage_conversion", OF_THE_DEAL, ("from_stage", "stage_pair__from_stage")
    ),
    "kpi_pipeline": Table(
        "sales.kpi_pipeline",
        first_monthly(
            [
                *(replace(cut, where=f"{cut.where} and {TOTALS}") for cut in by_scope(PIPELINE)),
                Cut(
                    ["stage", "age_band"],
                    ["pipeline_day__day_stage", "pipeline_day__age_band"],
                    "scope_kind = 'all' and stage <> 'all' and age_band <> 'all'",
                ),
            ]
        ),
    ),
    # there is no waterfall of all months
    "kpi_pipeline_movement": Table(
        "sales.kpi_pipeline_movement",
        [by_month(cut) for cut in by_scope({kind: PIPELINE[kind] for kind in ("rep", "team", "partner")})],
    ),
    "kpi_product_sales": Table("sales.kpi_product_sales", monthly([Cut(["product_id"], ["product"])])),
    "kpi_revenue": scoped("customers.kpi_revenue", CUSTOMERS),
    "kpi_customer_retention": scoped("customers.kpi_customer_retention", CUSTOMERS),
    "kpi_customer_ltv": Table(
        "(select *, source_system || ' ' || customer_id as customer from customers.kpi_customer_ltv)",
        [Cut(["customer"], ["customer"])],
    ),
    "kpi_acquisition_cost": Table(
        "customers.kpi_acquisition_cost", monthly([Cut(where="channel_group = 'all'")])
    ),
    "kpi_campaign_cost": Table(
        "marketing.kpi_campaign_cost",
        monthly([Cut(["campaign_id"], ["campaign"], leaves_out_nobody=True)]),
    ),
    "kpi_channel_mix": Table(
        # there, revenue that no touch explains counts as unknown
        "marketing.kpi_channel_mix",
        monthly(
            [Cut(["channel_group"], ["channel_group"], "channel_group <> 'unknown'", leaves_out_nobody=True)]
        ),
    ),
    "kpi_roas": Table(
        "marketing.kpi_roas",
        first_monthly(
            [Cut(where="level = 'all'"), *AD_LEVELS, Cut(["platform"], ["platform"], "level = 'platform'")]
        ),
    ),
    "attribution_channel": Table(
        "marketing.attribution_channel", [Cut(["channel"], ["attribution__channel"])]
    ),
    "kpi_conversion_rate": Table(
        "marketing.kpi_conversion_rate",
        [
            *first_monthly(
                [
                    Cut(where="channel = 'all' and landing_page = 'all'"),
                    Cut(["channel"], ["marketing_channel"], "channel <> 'all' and landing_page = 'all'"),
                    Cut(
                        ["channel", "landing_page"],
                        ["marketing_channel", "web_action__landing_page"],
                        "channel <> 'all' and landing_page <> 'all'",
                    ),
                ]
            ),
            Cut(
                ["date_on"],
                ["metric_time__day"],
                "period_kind = 'day' and channel = 'all' and landing_page = 'all'",
            ),
        ],
    ),
    "kpi_engagement": Table(
        "marketing.kpi_engagement",
        monthly(
            [
                Cut(where="channel = 'all'"),
                Cut(["channel"], ["marketing_channel"], "channel <> 'all' and campaign_id = 'all'"),
                Cut(
                    ["channel", "platform", "campaign_id"],
                    ["marketing_channel", "platform", "campaign"],
                    "campaign_id <> 'all'",
                ),
            ]
        ),
    ),
    "kpi_ad_frequency": Table(
        "marketing.kpi_ad_frequency",
        [
            Cut(
                ["period_week", "platform", "campaign_id"],
                ["metric_time__week", "platform", "campaign"],
            )
        ],
    ),
    "kpi_call_conversion": scoped("service.kpi_call_conversion", SERVICE),
    "kpi_response_time": scoped(
        "service.kpi_response_time",
        {**SERVICE, "channel": "request__channel", "kind": "request__kind", "segment": "request__segment"},
    ),
    "kpi_response_lift": Table(
        "service.kpi_response_lift", [Cut(["response_band"], ["request__response_band"])]
    ),
    "kpi_service_quality": scoped("service.kpi_service_quality", SERVICE),
    "kpi_activity_daily": Table(
        "service.kpi_activity_daily",
        [
            Cut(
                ["source_system", "rep_id", "activity_on"],
                ["activity__source_system", "rep", "metric_time__day"],
            )
        ],
    ),
    "kpi_customer_journey": scoped(
        "customers.kpi_customer_journey",
        {"source": "customer_event__cohort_source", "plan": "customer_event__cohort_plan"},
    ),
    "kpi_content_effect": Table(
        "(select *, source_system || ' ' || content_id as content from management.kpi_content_effect)",
        [Cut(["content"], ["content"])],
    ),
    "kpi_partner_scorecard": Table(
        "partners.kpi_partner_scorecard", monthly([Cut(["partner_id"], ["partner"], of_nobody="direct")])
    ),
    # no KPI table of their own: the fact, added up
    "fct_ad_performance_daily": Table(
        "(select date_on, sum(impressions) as impressions, sum(clicks) as clicks, "
        "sum(engagements) as engagements, sum(engaging_clicks) as engaging_clicks "
        "from marketing.fct_ad_performance_daily group by date_on)",
        [Cut(["date_on"], ["metric_time__day"])],
    ),
    "fct_email_campaign": Table(
        "(select date_on, sum(sent) as sent, sum(clicked) as clicked, sum(engaged) as engaged "
        "from marketing.fct_email_campaign group by date_on)",
        [Cut(["date_on"], ["metric_time__day"])],
    ),
    "fct_touchpoint": Table(
        "(select converted_on, sum(conversion_value_base) as conversion_value_base "
        "from marketing.fct_touchpoint where converted and touch_number = 1 group by converted_on)",
        [Cut(["converted_on"], ["metric_time__day"])],
    ),
}
NEEDS_A_MONTH = {"lead_growth_rate", "close_rate_year_before", "revenue_growth", "revenue_growth_year"}
"""They compare with a month before, so there is no such metric over all months."""


@pytest.fixture(scope="module")
def metrics(sample: Warehouse) -> Metrics:
    assert sample.manifest, "parsing writes the semantic manifest"
    return Metrics(sample.paths.target_dir / "semantic_manifest.json")


@pytest.fixture(scope="module")
def release(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """What readers open: metrics are asked there, not in the build file."""
    with sample.release() as connection:
        yield connection


@pytest.fixture(scope="module")
def addresses(metrics: Metrics) -> dict[str, list[Address]]:
    """What the metrics say of each KPI table."""
    found: dict[str, list[Address]] = defaultdict(list)
    for metric in metrics.declared.values():
        for address in Address.of(metric):
            found[address.table].append(address)
    return found


def test_every_metric_is_compared_with_a_table(metrics: Metrics, addresses: dict[str, list[Address]]) -> None:
    compared = {address.metric for table in TABLES for address in addresses[table]}
    assert set(metrics.declared) - compared == set()
    assert set(addresses) - set(TABLES) == set()


@pytest.mark.parametrize("name", TABLES)
def test_metrics_say_what_the_table_says(
    name: str, release: duckdb.DuckDBPyConnection, metrics: Metrics, addresses: dict[str, list[Address]]
) -> None:
    assert addresses[name], "no metric names the table"
    differences, compared = [], 0
    for cut in TABLES[name].cuts:
        wanted = [
            address
            for address in addresses[name]
            if "metric_time__month" in cut.group_by or address.metric not in NEEDS_A_MONTH
        ]
        groups: dict[tuple[str, Cut], list[Address]] = defaultdict(list)
        for address in wanted:
            groups[address.condition, cut.of(metrics.entity(address.metric))].append(address)
        for (_, cut_of_entity), chosen in groups.items():
            values = of_metrics(
                release, metrics, cut_of_entity, sorted({address.metric for address in chosen})
            )
            table = of_table(release, TABLES[name].source, cut, chosen)
            for key in sorted(table.keys() | values.keys(), key=str):
                for place, address in enumerate(chosen):
                    if key not in table and address.metric in NEEDS_A_MONTH:
                        continue  # something happened a month or a year before, and nothing in this one
                    said = values.get(key, {}).get(address.metric)
                    held = table[key][place] if key in table else None
                    compared += 1
                    if not same(said, held, exists=key in values and key in table):
                        differences.append(
                            f"{address.metric} by {cut.group_by} {key}: {said}, the table {held}"
                        )
    assert not differences, f"{len(differences)} of {compared}:\n" + "\n".join(differences[:20])
    assert compared


def test_the_rate_of_each_completeness_band_is_one_metric_by_band(
    release: duckdb.DuckDBPyConnection, metrics: Metrics
) -> None:
    bands = ("complete", "partial", "poor")
    rates = release.execute(
        f"select {', '.join(f'{band}_opportunity_rate' for band in bands)} from sales.kpi_leads "
        "where period_kind = 'all' and scope_kind = 'all'"
    ).fetchone()
    assert rates is not None and None not in rates
    sql = metrics.sql(["lead_to_opportunity_rate"], ["lead__completeness_band"])
    found: dict[str, float] = dict(release.execute(sql).fetchall())
    for band, rate in zip(bands, rates, strict=True):
        assert found[band] == pytest.approx(rate, rel=1e-12), band


def test_the_page_about_metrics_names_all_of_them(metrics: Metrics) -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(\w+)`", page))
    assert set(metrics.declared) - named == set()


@pytest.mark.slow
def test_mf_answers_in_the_root_of_the_repository_from_the_release(sample: Warehouse) -> None:
    environment = {
        **os.environ,
        "DBT_TARGET": "published",
        "KPI_PUBLISHED_DIR": str(sample.paths.published_dir),
    }
    commands = Path(sys.executable).parent
    answer = ""
    for command in (["dbt", "parse", "--quiet"], ["mf", "query", "--metrics", "win_rate", "--decimals", "9"]):
        answer = subprocess.run(
            [str(commands / command[0]), *command[1:]],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    expected = sample.one(
        "select win_rate from sales.kpi_deals where period_kind = 'all' and scope_kind = 'all'"
    )
    assert float(answer.split()[-1]) == pytest.approx(expected[0], abs=1e-8)


def of_metrics(
    release: duckdb.DuckDBPyConnection, metrics: Metrics, cut: Cut, names: list[str]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    result = release.execute(metrics.sql(names, cut.group_by))
    columns = [column[0] for column in result.description or []]
    rows = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    found = {}
    for row in rows:
        if any(item.startswith("metric_time") and row[item] is None for item in cut.group_by):
            continue  # without a date: counted over all months
        key = tuple(named(row[item], cut.of_nobody) for item in cut.group_by)
        if not (cut.leaves_out_nobody and cut.of_nobody in key):
            found[key] = row
    return found


def of_table(
    release: duckdb.DuckDBPyConnection, source: str, cut: Cut, chosen: list[Address]
) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    columns = ", ".join([*cut.keys, *(address.value for address in chosen)])
    rows = release.execute(
        f"select {columns} from {source} where {cut.where} and {chosen[0].condition}"
    ).fetchall()
    found = {
        tuple(named(value, cut.of_nobody) for value in row[: len(cut.keys)]): row[len(cut.keys) :]
        for row in rows
    }
    assert len(found) == len(rows), f"{source} has several rows for one of {cut.keys}"
    return found


def named(value: Any, of_nobody: str) -> str:
    """A part of a key; days and months are days to both."""
    return of_nobody if value is None else str(value)[:10] if hasattr(value, "year") else str(value)


def same(said: Any, held: Any, exists: bool) -> bool:
    """Whether a metric says what a table holds: equal where both are exact, else to the last digit the table keeps.

    Where nothing happened one of them has no row, or a count or sum of nothing.
    """
    if said is None or held is None:
        return (said is None and held is None) or (not exists and not (said or held))
    if isinstance(held, Decimal) and isinstance(said, float):
        return abs(said - float(held)) <= 0.000051
    if isinstance(held, float) or isinstance(said, float):
        return abs(float(said) - float(held)) <= 1e-9 * max(1.0, abs(float(held)))
    return bool(said == held)
