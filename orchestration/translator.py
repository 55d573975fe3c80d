"""How dbt's nodes look in Dagster: groups, owners, freshness and checks, all of it read from dbt's YAML."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration import manifest as read

CHECK_ID = "dagster_dbt/unique_id"


def exports_key(system: str) -> dg.AssetKey:
    """The asset that stands for a source system's exports."""
    return dg.AssetKey(["exports", system])


def group_name(node: read.Node) -> str:
    """The folder a node lies in: a source system for seeds and staging, the area for marts."""
    named = (read.meta(node).get("dagster") or {}).get("group")
    return _identifier(str(named or read.folder(node) or node["resource_type"]))


class WarehouseTranslator(DagsterDbtTranslator):
    """Adds to dagster-dbt's own translation: the exports upstream of seeds, owners, freshness, and singular tests that
    refer to several tables as checks of the first one.
    """

    def get_asset_spec(
        self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None
    ) -> dg.AssetSpec:
        """The asset of a seed, model or snapshot."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        node = self.get_resource_props(manifest, unique_id)
        owners = owners_of(manifest, node)
        if owners:
            spec = spec.replace_attributes(owners=owners)
        freshness = freshness_of(node)
        if freshness is not None:
            spec = spec.replace_attributes(freshness_policy=freshness)
        system = read.source_system(node)
        if system is not None:
            spec = spec.replace_attributes(deps=[*spec.deps, dg.AssetDep(exports_key(system))])
        return spec

    def get_asset_check_spec(
        self,
        asset_spec: dg.AssetSpec,
        manifest: Mapping[str, Any],
        unique_id: str,
        project: DbtProject | None,
    ) -> dg.AssetCheckSpec | None:
        """The check of a data test, at the one table it speaks about."""
        check = self.get_resource_props(manifest, unique_id)
        checked = read.checked_node(manifest, check)
        if checked is None or self.get_asset_key(manifest["nodes"][checked]) != asset_spec.key:
            return None
        return dg.AssetCheckSpec(
            name=check["name"],
            asset=asset_spec.key,
            description=read.check_description(manifest, check) or None,
            blocking=read.severity(check) == "error",
            metadata={CHECK_ID: unique_id},
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The folder."""
        return group_name(dbt_resource_props)

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The words of the YAML."""
        return (dbt_resource_props.get("description") or "").strip()


def owners_of(manifest: read.Manifest, node: read.Node) -> Sequence[str]:
    """`meta.owner` of a node, else the owner of its dbt group: an e-mail address, or a name that becomes a team."""
    owner = read.meta(node).get("owner")
    group = (node.get("config") or {}).get("group") or node.get("group")
    if not owner and group:
        found = next((item for item in manifest["groups"].values() if item["name"] == group), {})
        declared = found.get("owner") or {}
        owner = declared.get("email") or declared.get("name")
    owners = owner if isinstance(owner, list) else [owner] if owner else []
    return [
        text if "@" in text or text.startswith("team:") else f"team:{_identifier(text)}"
        for text in map(str, owners)
    ]


def freshness_of(node: read.Node) -> dg.FreshnessPolicy | None:
    """`meta.freshness: {warn_after_hours, fail_after_hours}`: how old a table may get before it is shown as stale."""
    declared = read.meta(node).get("freshness") or {}
    if not declared.get("fail_after_hours"):
        return None
    warn = declared.get("warn_after_hours")
    return dg.FreshnessPolicy.time_window(
        fail_window=timedelta(hours=float(declared["fail_after_hours"])),
        warn_window=timedelta(hours=float(warn)) if warn else None,
    )


def _identifier(text: str) -> str:
    return re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
