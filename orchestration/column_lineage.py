"""Which columns each column is made of, read from compiled SQL and kept as long as neither SQL nor columns change."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.manifest import Table
from orchestration.table_metadata import TableFacts

VERSION = "1"
"""Raise it when the analysis changes, so that kept results are not used again."""

Origin = tuple[str, str]
"""A unique id and one of its columns."""


@dataclass(frozen=True)
class Query:
    """A model's compiled SQL and the tables it may read."""

    table: Table
    sql: str
    parents: Sequence[Table]


def column_lineage(
    queries: Sequence[Query], facts: Mapping[str, TableFacts], cache_file: Path, whole: bool = True
) -> dict[str, dict[str, list[Origin]]]:
    """Origins of every column of every query, by unique id; a query that cannot be analysed is left out.

    Results are kept in `cache_file`, by a hash of the SQL and of the parents' columns. `whole` says that `queries`
    are all there are: what they no longer need is dropped from the file.
    """
    kept = _load(cache_file)
    found: dict[str, dict[str, list[Origin]]] = {}
    used: dict[str, dict[str, list[Origin]]] = {}
    for query in queries:
        key = _fingerprint(query, facts)
        lineage = kept.get(key)
        if lineage is None:
            lineage = _analyse(query, facts)
        used[key] = lineage
        found[query.table.unique_id] = lineage
    if any(key not in kept for key in used):
        _save(cache_file, used if whole else {**kept, **used})
    return found


def _fingerprint(query: Query, facts: Mapping[str, TableFacts]) -> str:
    columns = [
        [parent.unique_id, sorted(facts[parent.unique_id].columns)]
        for parent in sorted(query.parents, key=lambda parent: parent.unique_id)
        if parent.unique_id in facts
    ]
    return hashlib.sha256(json.dumps([VERSION, query.sql, columns]).encode()).hexdigest()


def _analyse(query: Query, facts: Mapping[str, TableFacts]) -> dict[str, list[Origin]]:
    from sqlglot import exp
    from sqlglot.errors import SqlglotError
    from sqlglot.lineage import Node, lineage
    from sqlglot.schema import MappingSchema

    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    schema = MappingSchema(dialect="duckdb")
    by_relation: dict[tuple[str, str], tuple[str, dict[str, str]]] = {}
    for parent in query.parents:
        if parent.unique_id not in facts:
            continue
        columns = facts[parent.unique_id].columns
        schema.add_table(
            exp.Table(
                this=exp.to_identifier(parent.name, quoted=True),
                db=exp.to_identifier(parent.schema, quoted=True),
                catalog=exp.to_identifier("kpi", quoted=True),
            ),
            {exp.to_identifier(name, quoted=True).sql("duckdb"): kind for name, kind in columns.items()},
            dialect="duckdb",
        )
        by_relation[(parent.schema.lower(), parent.name.lower())] = (
            parent.unique_id,
            {name.lower(): name for name in columns},
        )

    leaves: dict[int, frozenset[Origin]] = {}

    def origins(node: Node) -> frozenset[Origin]:
        if id(node) not in leaves:
            leaves[id(node)] = frozenset()  # a node that is its own ancestor adds nothing
            if node.downstream:
                leaves[id(node)] = frozenset().union(*(origins(child) for child in node.downstream))
            else:
                leaves[id(node)] = frozenset(leaf(node))
        return leaves[id(node)]

    def leaf(node: Node) -> list[Origin]:
        source = node.expression.find(exp.Table)
        known = by_relation.get((source.db.lower(), source.name.lower())) if source is not None else None
        if known is None:
            return []
        column = known[1].get(exp.to_column(node.name, dialect="duckdb").name.lower())
        return [(known[0], column)] if column else []

    try:
        nodes = lineage(None, query.sql, schema, dialect="duckdb", trim_selects=False, copy=False)
    except (SqlglotError, ValueError, KeyError, AttributeError, RecursionError) as error:
        logging.getLogger(__name__).debug("no column lineage for %s: %s", query.table.label, error)
        return {}
    own = {name.lower(): name for name in facts[query.table.unique_id].columns}
    return {own[name.lower()]: sorted(origins(node)) for name, node in nodes.items() if name.lower() in own}


def _load(path: Path) -> dict[str, dict[str, list[Origin]]]:
    try:
        stored = json.loads(path.read_text())
        return {
            key: {column: [(origin[0], origin[1]) for origin in origins] for column, origins in value.items()}
            for key, value in stored.items()
        }
    except (OSError, ValueError, AttributeError, IndexError):
        return {}


def _save(path: Path, value: Mapping[str, Mapping[str, Sequence[Origin]]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(".tmp")
    temporary.write_text(json.dumps(value, separators=(",", ":")))
    temporary.replace(path)
