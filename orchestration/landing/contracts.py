"""Export contracts: which objects the warehouse reads and with which columns, as dbt's manifest declares
them.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from orchestration.errors import ConfigurationError

EXPORT_FILE = "_export_file"
EXPORT_RECORD = "_export_record"
TYPED = frozenset({"timestamp", "date", "decimal", "number", "integer", "boolean"})


@dataclass(frozen=True)
class ContractColumn:
    """One column of an export object; `type` says how staging will read its text."""

    name: str
    type: str = "text"
    required: bool = False
    accepted: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True)
class ExportContract:
    """One export object of one system: the raw table `relation` and the columns it needs.

    `sample_only`: the seed's rows are the sample company's own, and nothing for another company to start from.
    `former`: columns by which earlier contents of replaced files are offered, as (name there, column here).
    """

    system: str
    object: str
    native_name: str
    columns: tuple[ContractColumn, ...]
    key: tuple[str, ...] = ()
    version_column: str | None = None
    deleted_column: str | None = None
    schema: str = "raw"
    relation: str = ""
    sample_only: bool = False
    former: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """How people and exports.yml name it: `salesforce.opportunity`."""
        return f"{self.system}.{self.object}"

    @property
    def table(self) -> str:
        """Name of the raw table."""
        return self.relation or f"{self.system}__{self.object}"

    def column(self, name: str) -> ContractColumn | None:
        """The column of exactly this name."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def column_names(self) -> list[str]:
        """Column names in the contract's order."""
        return [column.name for column in self.columns]


@dataclass(frozen=True)
class Contracts:
    """All export objects, addressable by system and object."""

    objects: tuple[ExportContract, ...] = field(default=())

    def __iter__(self) -> Iterator[ExportContract]:
        return iter(self.objects)

    def find(self, system: str, name: str) -> ExportContract | None:
        """The contract of an object, or None."""
        return next((c for c in self.objects if c.system == system and c.object == name), None)

    @property
    def systems(self) -> list[str]:
        """Names of the systems, in order of first appearance."""
        return list(dict.fromkeys(contract.system for contract in self.objects))

    def of_system(self, system: str) -> list[ExportContract]:
        """All objects of one system."""
        return [contract for contract in self.objects if contract.system == system]


def contracts_from_manifest(manifest: Mapping[str, Any]) -> Contracts:
    """Reads the contracts of all seeds that declare `meta.export`.

    Raises ConfigurationError when a declaration is incomplete.
    """
    found: list[ExportContract] = []
    for node in manifest.get("nodes", {}).values():
        if node.get("resource_type") != "seed":
            continue
        export = _meta(node).get("export")
        if export:
            found.append(_contract(node, export))
    return Contracts(tuple(sorted(found, key=lambda contract: contract.table)))


def _meta(node: Mapping[str, Any]) -> Mapping[str, Any]:
    return (node.get("config") or {}).get("meta") or node.get("meta") or {}


def _contract(node: Mapping[str, Any], export: Mapping[str, Any]) -> ExportContract:
    where = f"the seed {node.get('name')}"
    for needed in ("system", "object"):
        if not export.get(needed):
            raise ConfigurationError(
                f"meta.export of {where} has no `{needed}`; add it in the YAML beside the seed."
            )
    columns = tuple(_column(column) for column in (node.get("columns") or {}).values())
    key = export.get("key") or []
    contract = ExportContract(
        system=str(export["system"]),
        object=str(export["object"]),
        native_name=str(export.get("native_name") or export["object"]),
        columns=columns,
        key=(key,) if isinstance(key, str) else tuple(key),
        version_column=export.get("version_column"),
        deleted_column=export.get("deleted_column"),
        schema=node.get("schema") or "raw",
        relation=node.get("alias") or node.get("name") or "",
        sample_only=bool(export.get("sample_only", False)),
        former=tuple((export.get("former") or {}).items()),
    )
    here = [column for _, column in contract.former]
    for named in (*contract.key, *here, contract.version_column, contract.deleted_column):
        if named and contract.column(named) is None:
            raise ConfigurationError(
                f"meta.export of {where} names the column {named!r}, which its `columns:` do not list; "
                f"list every column of the export there."
            )
    return contract


def _column(column: Mapping[str, Any]) -> ContractColumn:
    meta = _meta(column)
    return ContractColumn(
        name=str(column["name"]),
        type=str(meta.get("type", "text")),
        required=bool(meta.get("required", False)),
        accepted=tuple(str(value) for value in meta.get("accepted") or ()),
        description=" ".join(str(column.get("description") or "").split()),
    )


def folded(name: str) -> str:
    """A column name without case, spaces, byte order marks and other invisible characters."""
    text = unicodedata.normalize("NFKC", name)
    kept = (c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    return "".join(kept).casefold()


def match_column(wanted: str, header: list[str]) -> str | None:
    """The header's column that is the wanted one: written exactly so, or the same but for case and spaces."""
    if wanted in header:
        return wanted
    return next((name for name in header if folded(name) == folded(wanted)), None)


def closest(wanted: str, candidates: list[str], likeness: float = 0.55) -> str | None:
    """The most similar of the candidates, or None where nothing resembles."""
    by_folded = {folded(name).replace("_", ""): name for name in reversed(candidates)}
    hits = get_close_matches(folded(wanted).replace("_", ""), list(by_folded), n=1, cutoff=likeness)
    return by_folded[hits[0]] if hits else None


def did_you_mean(wanted: str, candidates: list[str]) -> str:
    """`Did you mean "x"? ` or nothing."""
    hit = closest(wanted, candidates)
    return f'Did you mean "{hit}"? ' if hit else ""
