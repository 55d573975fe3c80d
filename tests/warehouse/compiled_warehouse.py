"""The whole warehouse from its compiled SQL, in memory: seconds a company instead of a refresh, for properties over many companies."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from tests.conftest import ROOT, Warehouse

READ = "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true"
LISTED = 3


@dataclass(frozen=True)
class PythonModels:
    """What a dbt Python model asks dbt for: other models by name, and a configuration that is of no interest here."""

    connection: duckdb.DuckDBPyConnection
    relations: Mapping[str, str]

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        return self.connection.table(self.relations[name])

    def config(self, **_: Any) -> None:
        """Nothing to configure: every model is a table."""


@dataclass(frozen=True)
class CompiledWarehouse:
    """The models and blocking checks of the sample's refresh, in the order in which they depend on each other."""

    warehouse: Warehouse

    @cached_property
    def nodes(self) -> Mapping[str, Mapping[str, Any]]:
        return self.warehouse.manifest["nodes"]

    @cached_property
    def models(self) -> list[Mapping[str, Any]]:
        graph = {node["unique_id"]: node["depends_on"]["nodes"] for node in self.warehouse.models()}
        order = TopologicalSorter(graph).static_order()
        return [self.nodes[name] for name in order if name in graph]

    @cached_property
    def checks(self) -> list[Mapping[str, Any]]:
        return [
            node
            for node in self.nodes.values()
            if node["resource_type"] == "test" and node["config"]["severity"].lower() == "error"
        ]

    def sql(self, node: Mapping[str, Any]) -> str:
        """The compiled SQL of a model or a check, as the refresh of the sample left it."""
        folder = self.warehouse.compiled / node["package_name"]
        path = folder / node["original_file_path"]
        if node["resource_type"] == "test" and path.suffix != ".sql":
            path = path / node["path"].rsplit("/", 1)[-1]
        return path.read_text(encoding="utf-8")

    @contextmanager
    def built(
        self, exports: Mapping[str, Sequence[Path]], as_of: date | None = None
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the warehouse of a company, given the files of each seed; seeds without files are empty or, for
        reference tables, what the project ships.
        """
        with duckdb.connect() as connection:
            connection.execute("set TimeZone = 'UTC'")
            connection.execute("attach ':memory:' as kpi")
            connection.execute("use kpi")
            for schema in {node["schema"] for node in self.nodes.values() if node["resource_type"] != "test"}:
                connection.execute(f'create schema if not exists "{schema}"')
            for node in self.nodes.values():
                if node["resource_type"] == "seed":
                    files = exports.get(node["name"]) or [ROOT / node["original_file_path"]]
                    self._load(connection, node, files)
            for node in self.models:
                self._build(connection, node)
                if as_of and node["name"] == "int_as_of":
                    self._move_back(connection, node["relation_name"], as_of)
            yield connection

    def _load(
        self, connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any], files: Iterable[Path]
    ) -> None:
        parts = [
            f"select *, '{file.name}' as _export_file, row_number() over () as _export_record"
            f" from read_csv('{file}', {READ})"
            for file in files
        ]
        connection.execute(f"create table {node['relation_name']} as {' union all by name '.join(parts)}")

    def _build(self, connection: duckdb.DuckDBPyConnection, node: Mapping[str, Any]) -> None:
        if node["language"] == "sql":
            connection.execute(f"create table {node['relation_name']} as {self.sql(node)}")
            return
        path = ROOT / node["original_file_path"]
        specification = importlib.util.spec_from_file_location(path.stem, path)
        assert specification and specification.loader
        module = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(module)
        relations = {one["name"]: one["relation_name"].replace('"', "") for one in self.models}
        result = module.model(PythonModels(connection, relations), connection)
        result.create(node["relation_name"].replace('"', ""))

    def _move_back(self, connection: duckdb.DuckDBPyConnection, relation: str, as_of: date) -> None:
        """The day that somebody asked for, with the instant at which it ends (Europe/Istanbul, as in the sample)."""
        connection.execute(
            f"update {relation} set as_of_on = ?,"
            " as_of_at = timezone('UTC', timezone('Europe/Istanbul', cast(cast(? as date) + 1 as timestamp)))",
            [as_of, as_of],
        )

    def failures(self, connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[Any, ...]]]:
        """The first rows of every blocking check that fails."""
        found = {}
        for node in self.checks:
            rows = connection.execute(f"select * from ({self.sql(node)}) limit {LISTED}").fetchall()
            if rows:
                found[node["name"]] = rows
        return found

    def published(self) -> list[tuple[str, Mapping[str, Any]]]:
        """(relation, node) of every published table but the history of refreshes."""
        return [
            (node["relation_name"], node)
            for node in self.models
            if node["access"] == "public" and node["name"] != "refresh_log"
        ]

    def fingerprints(self, connection: duckdb.DuckDBPyConnection, without_addresses: bool) -> dict[str, str]:
        """Number of rows and hash of every published table, with or without the address of the export record."""
        result = {}
        for relation, node in self.published():
            names = [
                f'"{name}"'
                for name in node["columns"]
                if not (without_addresses and name in ("_export_file", "_export_record", "export_file"))
            ]
            query = f"select count(*), bit_xor(hash({', '.join(names)})) from {relation}"
            result[node["name"]] = str(connection.execute(query).fetchone())
        return result


def headers_only(compiled: CompiledWarehouse, folder: Path) -> dict[str, list[Path]]:
    """Exports without a record, for every seed but the reference tables that another company starts with, too."""
    files = {}
    for node in compiled.nodes.values():
        if node["resource_type"] != "seed":
            continue
        export = node["config"]["meta"].get("export", {})
        if export.get("system") != "reference" or export.get("sample_only"):
            path = folder / f"{node['name']}.csv"
            path.write_text(",".join(node["columns"]) + "\n", encoding="utf-8")
            files[node["name"]] = [path]
    return files
