"""MetricFlow in this process: the SQL that `mf query` would run, for a read-only connection of our own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest
from metricflow.protocols.sql_client import SqlEngine
from metricflow.sql.render.duckdb_renderer import DuckDbSqlPlanRenderer
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup


class Dialect:
    """All that the engine asks a client for while it only explains."""

    sql_engine_type = SqlEngine.DUCKDB
    sql_plan_renderer = DuckDbSqlPlanRenderer()


class Metrics:
    """The metrics of a semantic manifest."""

    def __init__(self, semantic_manifest: Path) -> None:
        self._text = semantic_manifest.read_text(encoding="utf-8")

    @cached_property
    def declared(self) -> dict[str, dict[str, Any]]:
        return {metric["name"]: metric for metric in json.loads(self._text)["metrics"]}

    @cached_property
    def _engine(self) -> MetricFlowEngine:
        manifest = parse_manifest_from_dbt_generated_manifest(self._text)
        return MetricFlowEngine(SemanticManifestLookup(manifest), sql_client=Dialect())  # type: ignore[arg-type]

    def entity(self, metric: str) -> str:
        """What a metric counts: the primary entity of the (first) semantic model that it adds up."""
        declared = self.declared[metric]["type_params"]
        while not declared["measure"]:
            part = declared["numerator"] or declared["metrics"][0]
            declared = self.declared[part["name"]]["type_params"]
        return self._entities[declared["measure"]["name"]]

    @cached_property
    def _entities(self) -> dict[str, str]:
        return {
            measure["name"]: model["primary_entity"]
            or next(entity["name"] for entity in model["entities"] if entity["type"] == "primary")
            for model in json.loads(self._text)["semantic_models"]
            for measure in model["measures"]
        }

    def sql(self, metrics: Sequence[str], group_by: Sequence[str]) -> str:
        """The query of some metrics by some dimensions or entities."""
        request = MetricFlowQueryRequest.create(metric_names=metrics, group_by_names=group_by)
        return self._engine.explain(request).sql_statement.sql


@dataclass(frozen=True)
class Address:
    """Where a KPI table holds what a metric says: `config.meta.kpi`, `<table>.<column or expression> [where ...]`."""

    metric: str
    table: str
    value: str
    condition: str

    @classmethod
    def of(cls, metric: dict[str, Any]) -> list[Address]:
        found = []
        for text in metric["config"]["meta"].get("kpi", []):
            parts = re.fullmatch(r"(\w+)\.(.+?)(?: where (.+))?", text)
            assert parts, f"{metric['name']}: {text}"
            found.append(cls(metric["name"], parts[1], parts[2], parts[3] or "true"))
        return found


@dataclass(frozen=True)
class Cut:
    """One way to cut a KPI table: its key columns, and what to group the metrics by for the same rows.

    `{entity}` in `group_by` is what the metric counts: a team of requests is another dimension than one of calls.
    """

    keys: Sequence[str] = ()
    group_by: Sequence[str] = ()
    where: str = "true"
    of_nobody: str = "unknown"
    """What the table calls the rows that have no id."""
    leaves_out_nobody: bool = False

    def of(self, entity: str) -> Cut:
        return replace(
            self, keys=tuple(self.keys), group_by=tuple(item.format(entity=entity) for item in self.group_by)
        )


@dataclass(frozen=True)
class Table:
    """A KPI table: how to read it, and its cuts."""

    source: str
    cuts: Sequence[Cut] = field(default_factory=tuple)


def by_month(cut: Cut) -> Cut:
    return replace(
        cut,
        keys=("period_month", *cut.keys),
        group_by=("metric_time__month", *cut.group_by),
        where=f"{cut.where} and period_kind = 'month'",
    )


def over_all_months(cut: Cut) -> Cut:
    return replace(cut, where=f"{cut.where} and period_kind = 'all'")


def monthly(cuts: Iterable[Cut]) -> list[Cut]:
    """Each cut by month and over all months."""
    return [version for cut in cuts for version in (by_month(cut), over_all_months(cut))]


def first_monthly(cuts: Sequence[Cut]) -> list[Cut]:
    """The first two cuts by month and over all months, the others over all months only.

    A scope is cut the same way in every month, and each cut takes its time.
    """
    return [*monthly(cuts[:2]), *(over_all_months(cut) for cut in cuts[2:])]


def scoped(source: str, scopes: dict[str, str], *more: tuple[str, str]) -> Table:
    """A KPI table by period and scope; `scopes` names the dimension or entity of each, the one by month first, `more` are further keys."""
    return Table(source, first_monthly(by_scope(scopes, *more)))


def by_scope(scopes: dict[str, str], *more: tuple[str, str]) -> list[Cut]:
    keys, group_by = [key for key, _ in more], [item for _, item in more]
    every = [Cut(keys, group_by, "scope_kind = 'all'")]
    for kind, item in scopes.items():
        every.append(
            Cut(
                ["scope_id", *keys],
                [item, *group_by],
                f"scope_kind = '{kind}'",
                "direct" if kind == "partner" else "unknown",
            )
        )
    return every
