"""What the orchestrator reads from dbt's manifest: every name it works with comes from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestration.errors import ConfigurationError

Manifest = Mapping[str, Any]
Node = Mapping[str, Any]

BUILT_KINDS = ("seed", "model", "snapshot")


@dataclass(frozen=True)
class Table:
    """A relation of the build file, with what its YAML says about it."""

    unique_id: str
    schema: str
    name: str
    description: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """`schema.table`, as a person writes it."""
        return f"{self.schema}.{self.name}"

    def sql(self, catalog: str | None = None) -> str:
        """The quoted name for a query."""
        parts = [self.schema, self.name] if catalog is None else [catalog, self.schema, self.name]
        return ".".join(quoted(part) for part in parts)


@dataclass(frozen=True)
class Headline:
    """One figure of the summary: SQL expressions over one table; see `meta.headlines` in docs/operations.md."""

    label: str
    table: Table
    value: str
    format: str
    where: str | None = None
    n: str | None = None
    low: str | None = None
    high: str | None = None
    order: int = 100


def quoted(name: str) -> str:
    """An SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """An SQL string."""
    return "'" + text.replace("'", "''") + "'"


def meta(node: Node) -> Mapping[str, Any]:
    """A node's `config.meta`."""
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


def built_nodes(manifest: Manifest) -> Iterator[Node]:
    """Seeds, models and snapshots that become a table or a view."""
    for node in manifest["nodes"].values():
        if node["resource_type"] in BUILT_KINDS and node["config"].get("materialized") != "ephemeral":
            yield node


def check_nodes(manifest: Manifest) -> Iterator[Node]:
    """dbt's data tests."""
    for node in manifest["nodes"].values():
        if node["resource_type"] == "test":
            yield node


def table_of(node: Node) -> Table:
    """The relation that a seed or model becomes."""
    return Table(
        unique_id=node["unique_id"],
        schema=node["schema"],
        name=node.get("alias") or node["name"],
        description=(node.get("description") or "").strip(),
        columns={
            name: (column.get("description") or "").strip()
            for name, column in (node.get("columns") or {}).items()
        },
    )


def public_tables(manifest: Manifest) -> list[Table]:
    """The tables that a release holds: models with `access: public`, by schema and name."""
    tables = [
        table_of(node)
        for node in built_nodes(manifest)
        if node["resource_type"] == "model" and access(node) == "public"
    ]
    return sorted(tables, key=lambda table: table.label)


def access(node: Node) -> str:
    """A model's access: private, protected or public."""
    return str((node.get("config") or {}).get("access") or node.get("access") or "protected")


def table_with_meta(manifest: Manifest, key: str) -> Table | None:
    """The one model whose meta says `key: true`; None when there is none.

    Raises:
        ConfigurationError: several models say so.
    """
    found = [
        node
        for node in built_nodes(manifest)
        if node["resource_type"] == "model" and meta(node).get(key) is True
    ]
    if len(found) > 1:
        names = ", ".join(sorted(node["name"] for node in found))
        raise ConfigurationError(
            f"`meta: {{{key}: true}}` may stand at one model only, and stands at {names}."
        )
    return table_of(found[0]) if found else None


def seed_behind(manifest: Manifest, unique_id: str) -> Table | None:
    """The nearest seed upstream of a model."""
    waiting, seen = [unique_id], set()
    while waiting:
        node = manifest["nodes"].get(waiting.pop(0))
        if node is None or node["unique_id"] in seen:
            continue
        seen.add(node["unique_id"])
        if node["resource_type"] == "seed":
            return table_of(node)
        waiting += (node.get("depends_on") or {}).get("nodes") or []
    return None


def headlines(manifest: Manifest) -> list[Headline]:
    """The figures of the summary, from `meta.headlines` of public models.

    Raises:
        ConfigurationError: a headline lacks its label or value, or has a key that nobody reads.
    """
    found: list[Headline] = []
    for node in built_nodes(manifest):
        for entry in meta(node).get("headlines") or []:
            unknown = set(entry) - {"label", "value", "format", "where", "n", "low", "high", "order"}
            if unknown or not entry.get("label") or not entry.get("value"):
                raise ConfigurationError(
                    f"A headline of {node['name']} needs `label` and `value`"
                    + (f", and knows no {', '.join(sorted(unknown))}" if unknown else "")
                    + f": {entry}"
                )
            texts = {
                key: str(entry[key]) for key in ("where", "n", "low", "high") if entry.get(key) is not None
            }
            found.append(
                Headline(
                    label=str(entry["label"]),
                    table=table_of(node),
                    value=str(entry["value"]),
                    format=str(entry.get("format", "number")),
                    order=int(entry.get("order", 100)),
                    **texts,
                )
            )
    return sorted(found, key=lambda headline: (headline.order, headline.table.label))


def source_system(node: Node) -> str | None:
    """The system a seed belongs to: its contract's, else its folder."""
    if node["resource_type"] != "seed":
        return None
    export = meta(node).get("export") or {}
    return str(export.get("system") or folder(node) or "other")


def source_systems(manifest: Manifest) -> list[str]:
    """Every system whose exports the project knows."""
    return sorted({system for node in built_nodes(manifest) if (system := source_system(node)) is not None})


def folder(node: Node) -> str | None:
    """The deepest folder a node lies in below seeds/ or models/ (its system, or its area)."""
    fqn = node.get("fqn") or []
    return fqn[-2] if len(fqn) > 2 else None


def checked_node(manifest: Manifest, check: Node) -> str | None:
    """The unique id of the table a test speaks about: where it is declared, else the first one its SQL refers to.

    `meta.dagster.ref.name` of a singular test names another one.
    """
    named = ((meta(check).get("dagster") or {}).get("ref") or {}).get("name")
    parents = [
        parent
        for parent in (check.get("depends_on") or {}).get("nodes") or []
        if parent in manifest["nodes"] and manifest["nodes"][parent]["resource_type"] in BUILT_KINDS
    ]
    if named:
        matching = [parent for parent in parents if manifest["nodes"][parent]["name"] == named]
        if matching:
            return matching[0]
    attached = check.get("attached_node")
    if attached in manifest["nodes"]:
        return str(attached)
    return parents[0] if parents else None


def check_description(manifest: Manifest, check: Node) -> str:
    """A test's own words, else those of the generic test it is made from."""
    own = (check.get("description") or "").strip()
    if own:
        return own
    kind = (check.get("test_metadata") or {}).get("name")
    for macro_id in (check.get("depends_on") or {}).get("macros") or []:
        macro = manifest.get("macros", {}).get(macro_id) or {}
        if (
            kind
            and macro.get("name") == f"test_{kind}"
            and macro.get("package_name") == check.get("package_name")
        ):
            return (macro.get("description") or "").strip()
    return ""


def severity(check: Node) -> str:
    """`error` blocks publishing, `warn` is reported."""
    return str((check.get("config") or {}).get("severity") or "error").lower()
