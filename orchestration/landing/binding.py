"""Ties one file to one export object: finds the source of every contract column in its header, as SQL."""

from dataclasses import dataclass, field
from pathlib import Path

from orchestration.errors import ExportError
from orchestration.landing.contracts import Contracts, ExportContract, closest, did_you_mean, folded
from orchestration.landing.files import ExportFile
from orchestration.landing.mapping import FAIL, KEEP, ColumnRule, ObjectMapping, Problems
from orchestration.landing.sql import identifier, literal, literals, record_number
from orchestration.landing.tables import ArchivedTable
from orchestration.landing.value_options import ValueOptions, cleaned, typed_text

NESTED = ("STRUCT", "[", "MAP", "UNION", "JSON", "VARIANT")


@dataclass(frozen=True)
class Lookup:
    """A value that names a row of another object: replaced by that row's key where the name is known and
    unique.
    """

    contract: ExportContract
    by: str


@dataclass(frozen=True)
class Source:
    """Where a contract column's value comes from: SQL over the file's row `s`.

    `type` is the Parquet type of a column taken as it is, None for text; `unmapped` the SQL before a value
    map that allows no other value.
    """

    sql: str
    type: str | None = None
    lookup: Lookup | None = None
    rule: ColumnRule | None = None
    unmapped: str | None = None
    options: ValueOptions = field(default_factory=ValueOptions)


@dataclass(frozen=True)
class Part:
    """One file's share of one export object."""

    contract: ExportContract
    file: ExportFile
    table: ArchivedTable
    parquet: Path
    mapping: ObjectMapping | None = None
    sources: dict[str, Source] = field(default_factory=dict)
    extra: dict[str, Source] = field(default_factory=dict)
    by_name: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    where: str | None = None


def bind_native(contract: ExportContract, file: ExportFile, table: ArchivedTable, parquet: Path) -> Part:
    """Takes the contract's columns from a file with the system's own header; other columns are kept beside
    them.

    Raises ExportError when a required column is missing or stands twice.
    """
    sources: dict[str, Source] = {}
    used: set[int] = set()
    missing: list[str] = []
    for column in contract.columns:
        hits = _positions(column.name, table.header)
        if len(hits) > 1:
            raise ExportError(
                f'{file.name} has the column "{column.name}" {len(hits)} times. Keep one of them in the '
                "export."
            )
        if hits:
            used.add(hits[0])
            sources[column.name] = _native(table, hits[0])
        else:
            missing.append(column.name)
    required = [name for name in missing if (found := contract.column(name)) and found.required]
    if required and not table.empty:
        raise ExportError(_missing_required(contract, file, table, required))
    taken = {name.casefold() for name in contract.column_names}
    extra = {
        name: _native(table, position)
        for position, name in enumerate(table.columns)
        if position not in used and name.casefold() not in taken
    }
    return Part(
        contract, file, table, parquet, None, sources, extra, unused=tuple(extra), missing=tuple(missing)
    )


def bind_mapped(
    contract: ExportContract,
    mapping: ObjectMapping,
    file: ExportFile,
    table: ArchivedTable,
    parquet: Path,
    contracts: Contracts,
    problems: Problems,
) -> Part:
    """Makes the contract's columns as a block of exports.yml says; what does not fit goes to `problems`."""
    binder = _Binder(contract, mapping, file, table, contracts, problems)
    sources: dict[str, Source] = {}
    by_name: list[str] = []
    rules = {rule.target: rule for rule in mapping.columns}
    for column in contract.columns:
        rule = rules.get(column.name)
        if rule is not None:
            if source := binder.source(rule, column.type):
                sources[column.name] = source
        elif mapping.by_name and (hits := _positions(column.name, table.header)):
            by_name.append(column.name)
            rule = ColumnRule(column.name, mapping.line, (table.header[hits[0]],), options=mapping.values)
            if source := binder.source(rule, column.type):
                sources[column.name] = source
    missing = [name for name in contract.column_names if name not in sources]
    if not table.empty:
        binder.check_required(
            [name for name in missing if name not in rules or rules[name].kind == "nothing"]
        )
    where = " and ".join(
        binder.row_filter(column, values, line) for column, values, line in mapping.only_rows
    )
    unused = [name for position, name in enumerate(table.columns) if position not in binder.used]
    return Part(
        contract,
        file,
        table,
        parquet,
        mapping,
        sources,
        {},
        tuple(by_name),
        tuple(unused),
        tuple(missing),
        where or None,
    )


class _Binder:
    def __init__(
        self,
        contract: ExportContract,
        mapping: ObjectMapping,
        file: ExportFile,
        table: ArchivedTable,
        contracts: Contracts,
        problems: Problems,
    ) -> None:
        self._contract, self._mapping, self._file, self._table = contract, mapping, file, table
        self._contracts, self._problems = contracts, problems
        self.used: set[int] = set()

    def source(self, rule: ColumnRule, kind: str) -> Source | None:
        if rule.kind == "nothing":
            return None
        if rule.kind == "constant":
            return Source(literal(rule.constant), rule=rule, options=rule.options)
        if rule.kind == "record":
            # a file without keys: its name and the record's number, so that two equal rows stay two
            return Source(
                f"{literal(f'{self._file.name}#')} || {record_number(self._table.numbered)}",
                rule=rule,
                options=rule.options,
            )
        if rule.parts:
            known = [part.sql for inner in rule.parts if (part := self.source(inner, kind))]
        else:
            where = f"columns.{rule.target}"
            columns = [self._column(name, rule.line, where, rule.optional) for name in rule.columns]
            known = [cleaned(column, rule.options) for column in columns if column is not None]
        if not known:
            return None
        if rule.kind == "concat":
            sql = f"nullif(concat_ws({', '.join([literal(rule.separator), *known])}), '')"
        else:
            sql = f"coalesce({', '.join(known)})" if len(known) > 1 else known[0]
        unmapped = sql if rule.values is not None and rule.otherwise is FAIL else None
        if rule.values is not None:
            sql = mapped(sql, rule.values, rule.otherwise)
        if rule.filled is not None:
            sql = f"case when {sql} is not null then {literal(rule.filled)} end"
        lookup = self._lookup(rule)
        if lookup is None and not (
            rule.parts and rule.kind == "first_of"
        ):  # those parts are rewritten one by one
            sql = typed_text(sql, kind, rule.options)
        return Source(sql, lookup=lookup, rule=rule, unmapped=unmapped, options=rule.options)

    def row_filter(self, column: str, values: tuple[str, ...], line: int) -> str:
        sql = self._column(column, line, "only_rows", False)
        wanted = literals(dict.fromkeys(value.strip().lower() for value in values))
        return f"coalesce(lower(trim({sql})), '') in ({wanted})" if sql and values else "true"

    def check_required(self, missing: list[str]) -> None:
        for name in missing:
            column = self._contract.column(name)
            if column is None or not column.required:
                continue
            free = [header for position, header in enumerate(self._table.header) if position not in self.used]
            near = closest(name, free)
            example = (
                f"`{name}: {near}`"
                if near
                else f"`{name}: <a column of the file>` or `{name}: {{constant: ...}}`"
            )
            self._problems.add(
                self._mapping.line,
                f"{self._contract.name} needs `{name}`{_about(column.description)}, and nothing is mapped "
                "to it from "
                f"{self._file.name}. Add under `columns:` {example}. The file's other columns: "
                f"{_shown(free)}.",
            )

    def _column(self, name: str, line: int, where: str, optional: bool) -> str | None:
        hits = _positions(name, self._table.header)
        if len(hits) > 1:
            self._problems.add(
                line,
                f'`{where}`: {self._file.name} has the column "{name}" {len(hits)} times; keep one in the '
                "export.",
            )
        if not hits:
            if not optional and not self._table.empty:
                self._problems.add(
                    line,
                    f'`{where}`: {self._file.name} has no column "{name}". '
                    f"{did_you_mean(name, self._table.header)}"
                    f"The file has: {_shown(self._table.header)}. (A column that only some files have: "
                    "`optional: true`.)",
                )
            return None
        self.used.add(hits[0])
        return text_of(self._table, hits[0])

    def _lookup(self, rule: ColumnRule) -> Lookup | None:
        if rule.lookup is None or rule.by is None:
            return None
        system, _, name = rule.lookup.rpartition(".")
        system = system or self._contract.system
        contract = self._contracts.find(system, name)
        if contract is None or not contract.key:
            names = [c.object for c in self._contracts.of_system(system) if c.key]
            self._problems.add(
                rule.line,
                f"`columns.{rule.target}`: there is no object `{rule.lookup}` to look up in. "
                f"{did_you_mean(name, names)}",
            )
            return None
        if contract.column(rule.by) is None:
            self._problems.add(
                rule.line,
                f"`columns.{rule.target}`: {contract.name} has no column `{rule.by}` to look up by. "
                f"{did_you_mean(rule.by, contract.column_names)}It has: {_shown(contract.column_names)}.",
            )
            return None
        return Lookup(contract, rule.by)


def mapped(sql: str, values: dict[str, str | None], otherwise: object) -> str:
    """SQL: a value by its map, first exactly as written, then without case and outer spaces; empty values
    stay empty.
    """
    exact = {key: value for key, value in values.items() if key.strip()}
    loose: dict[str, set[str | None]] = {}
    for key, value in exact.items():
        loose.setdefault(key.strip().lower(), set()).add(value)
    whens = [f"when {sql} = {literal(key)} then {literal(value)}" for key, value in exact.items()]
    whens += [
        f"when lower(trim({sql})) = {literal(key)} then {literal(next(iter(found)))}"
        for key, found in loose.items()
        if len(found) == 1
    ]
    blank = next((value for key, value in values.items() if not key.strip()), None)
    whens.insert(0, f"when {sql} is null then {literal(blank)}")
    rest = sql if otherwise is KEEP or otherwise is FAIL else literal(otherwise)  # type: ignore[arg-type]
    return f"case {' '.join(whens)} else {rest} end"


def text_of(table: ArchivedTable, position: int) -> str:
    """SQL: a column of the archived file as text; nested Parquet values as JSON."""
    name, kind = table.columns[position], table.types.get(table.columns[position])
    column = f"s.{identifier(name)}"
    if kind is None or kind == "VARCHAR":
        return column
    return f"to_json({column})::varchar" if any(mark in kind for mark in NESTED) else f"{column}::varchar"


def _native(table: ArchivedTable, position: int) -> Source:
    name = table.columns[position]
    kind = table.types.get(name)
    if kind is None or any(mark in kind for mark in NESTED):
        return Source(text_of(table, position))
    return Source(f"s.{identifier(name)}", type=kind)


def _positions(wanted: str, header: list[str]) -> list[int]:
    exact = [position for position, name in enumerate(header) if name == wanted]
    return exact or [
        position for position, name in enumerate(header) if folded(name) == folded(wanted) and name.strip()
    ]


def _about(description: str) -> str:
    return f" ({description.split('. ')[0].rstrip('.')})" if description else ""


def _shown(names: list[str]) -> str:
    listed = ", ".join(name if name.strip() else "(no name)" for name in names[:60])
    return (listed or "none") + (f" and {len(names) - 60} more" if len(names) > 60 else "")


def _missing_required(
    contract: ExportContract, file: ExportFile, table: ArchivedTable, required: list[str]
) -> str:
    near = {name: hit for name in required if (hit := closest(name, table.header))}
    names = ", ".join(f'"{name}"' for name in required)
    likely = "".join(f' The closest to "{name}" is "{hit}".' for name, hit in near.items())
    target, source = next(iter(near.items()), (required[0], "<column of the file>"))
    return (
        f"{file.name} is taken for {contract.name} by its name, but lacks the required "
        f"column{'s'[: len(required) > 1]} {names}."
        f"{likely} Found: {_shown(table.header)}. Either export with the system's own column names, or map "
        "the file in "
        f"exports.yml:\n  objects:\n    {contract.name}:\n      files: {file.name!r}\n      columns:\n"
        f"        {target}: {source}\nor, if the file does not belong here, list it under `ignore:`."
    )
