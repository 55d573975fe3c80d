"""The assets: exports per source system, every dbt node, and the published release."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration import manifest as read
from orchestration.column_lineage import Origin, Query, column_lineage
from orchestration.dbt_project import NodeResult, ParsedProject
from orchestration.refresh_resource import SESSION, RunRecorder
from orchestration.session import RefreshSession
from orchestration.text import plain_table
from orchestration.translator import CHECK_ID, WarehouseTranslator, exports_key

NODES_PER_LOG_LINE = 50


def exports_asset(project: ParsedProject, recorder: RunRecorder) -> dg.AssetsDefinition:
    """One step that lands the exports of all systems, shown as an asset per system."""
    specs = [
        dg.AssetSpec(
            exports_key(system),
            group_name=system,
            kinds={"file"},
            description=f"Export files of {system}, landed as the files say.",
        )
        for system in read.source_systems(project.manifest)
    ]

    @dg.multi_asset(name="land_exports", specs=specs, required_resource_keys={SESSION})
    def land_exports(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult]:
        session: RefreshSession = getattr(context.resources, SESSION)
        with recorder.watch():
            session.land()
        for system in read.source_systems(project.manifest):
            yield dg.MaterializeResult(asset_key=exports_key(system), metadata={"door": session.door})

    return land_exports


def warehouse_assets(project: ParsedProject, recorder: RunRecorder) -> dg.AssetsDefinition:
    """The dbt project: one step that builds and checks it in this process."""
    translator = WarehouseTranslator()

    @dbt_assets(
        name="build_warehouse",
        manifest=project.manifest,
        dagster_dbt_translator=translator,
        required_resource_keys={SESSION},
    )
    def build_warehouse(
        context: dg.AssetExecutionContext,
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        session: RefreshSession = getattr(context.resources, SESSION)

        def tell(done: int, total: int) -> None:
            if done % NODES_PER_LOG_LINE == 0 or done == total:
                context.log.info(f"{done} of {total} nodes built or checked")

        with recorder.watch():
            session.build(selected_nodes(context, project.manifest, translator), tell)
            with session.progress.phase("metadata"):
                results = [*_materializations(session, translator), *_check_results(session, context)]
        yield from results
        with recorder.watch():
            session.require_clean_audit()

    return build_warehouse


def published_asset(project: ParsedProject, recorder: RunRecorder) -> dg.AssetsDefinition:
    """The release that readers open, downstream of every public table."""
    translator = WarehouseTranslator()
    tables = read.public_tables(project.manifest)
    upstream = [translator.get_asset_key(project.manifest["nodes"][table.unique_id]) for table in tables]

    @dg.asset(
        key="published",
        group_name="published",
        deps=upstream,
        kinds={"duckdb", "parquet"},
        description="The read-only release that BI tools query; swapped at once when every blocking check has passed.",
        required_resource_keys={SESSION},
    )
    def published(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        session: RefreshSession = getattr(context.resources, SESSION)
        with recorder.watch():
            release = session.publish()
        return dg.MaterializeResult(
            metadata={
                "release": release.release_id,
                "path": dg.MetadataValue.path(release.path),
                "as_of": session.measured_as_of or "unknown",
                "dagster/row_count": sum(release.rows.values()),
                "tables": dg.MetadataValue.md(
                    _markdown(["table", "rows"], [list(row) for row in release.rows.items()])
                ),
            }
        )

    return published


def selected_nodes(
    context: dg.AssetExecutionContext, manifest: read.Manifest, translator: WarehouseTranslator
) -> list[str] | None:
    """dbt selectors of the assets and checks chosen for this run; None when that is all of them."""
    if not context.is_subset:
        return None
    chosen = [
        ".".join(node["fqn"])
        for node in read.built_nodes(manifest)
        if translator.get_asset_key(node) in context.selected_asset_keys
    ]
    checks = [
        ".".join(manifest["nodes"][(spec.metadata or {})[CHECK_ID]]["fqn"])
        for spec in context.assets_def.check_specs
        if spec.key in context.selected_asset_check_keys
    ]
    return [f"fqn:{name}" for name in [*chosen, *checks]]


def _materializations(
    session: RefreshSession, translator: WarehouseTranslator
) -> Iterator[dg.MaterializeResult]:
    built = [result for result in session.results if not result.is_check and result.status == "success"]
    lineage = _lineage(session, built)
    nodes = session.manifest["nodes"]
    for result in built:
        node = nodes[result.unique_id]
        facts = session.facts.get(result.unique_id)
        metadata: dict[str, Any] = {"seconds": dg.MetadataValue.float(round(result.seconds, 3))}
        if facts is not None:
            table = read.table_of(node)
            metadata["dagster/column_schema"] = dg.TableSchema(
                [
                    dg.TableColumn(name, kind, description=table.columns.get(name) or None)
                    for name, kind in facts.columns.items()
                ]
            )
            if facts.rows is not None:
                metadata["dagster/row_count"] = facts.rows
        if lineage.get(result.unique_id):
            metadata["dagster/column_lineage"] = _column_lineage(lineage[result.unique_id], nodes, translator)
        yield dg.MaterializeResult(asset_key=translator.get_asset_key(node), metadata=metadata)


def _lineage(session: RefreshSession, built: list[NodeResult]) -> dict[str, dict[str, list[Origin]]]:
    nodes = session.manifest["nodes"]
    queries = [
        Query(
            table=read.table_of(nodes[result.unique_id]),
            sql=result.sql,
            parents=[
                read.table_of(nodes[parent])
                for parent in nodes[result.unique_id]["depends_on"]["nodes"]
                if parent in nodes
            ],
        )
        for result in built
        if result.sql
        and result.unique_id in session.facts
        and nodes[result.unique_id].get("language") == "sql"
    ]
    return column_lineage(queries, session.facts, session.paths.lineage_file, whole=session.whole)


def _column_lineage(
    lineage: Mapping[str, list[Origin]], nodes: Mapping[str, Any], translator: WarehouseTranslator
) -> dg.TableColumnLineage:
    return dg.TableColumnLineage(
        {
            column: [
                dg.TableColumnDep(asset_key=translator.get_asset_key(nodes[unique_id]), column_name=name)
                for unique_id, name in origins
            ]
            for column, origins in lineage.items()
        }
    )


def _check_results(
    session: RefreshSession, context: dg.AssetExecutionContext
) -> Iterator[dg.AssetCheckResult]:
    results = {result.unique_id: result for result in session.results if result.is_check}
    findings = (
        {finding.name: finding for finding in (*session.audit.failures, *session.audit.warnings)}
        if session.audit
        else {}
    )
    for spec in context.assets_def.check_specs:
        result = results.get((spec.metadata or {}).get(CHECK_ID, ""))
        if result is None or result.status == "skipped" or spec.key not in context.selected_asset_check_keys:
            continue
        finding = findings.get(spec.name)
        metadata: dict[str, Any] = {
            "seconds": dg.MetadataValue.float(round(result.seconds, 3)),
            "failing rows": result.failures,
        }
        if finding is not None and finding.rows:
            metadata["first failing rows"] = dg.MetadataValue.md(_markdown(finding.columns, finding.rows))
        if result.status == "error" and result.message:
            metadata["error"] = result.message
        node = session.manifest["nodes"][result.unique_id]
        yield dg.AssetCheckResult(
            asset_key=spec.asset_key,
            check_name=spec.name,
            passed=result.status == "pass",
            severity=dg.AssetCheckSeverity.WARN
            if result.status == "warn" or read.severity(node) == "warn"
            else dg.AssetCheckSeverity.ERROR,
            metadata=metadata,
        )


def _markdown(columns: list[str], rows: list[list[Any]]) -> str:
    return "```\n" + "\n".join(plain_table(columns, rows)) + "\n```"
