"""Looks at the values of the bound columns before anything is landed: a mapping that cannot be right stops
here.
"""

import duckdb

from orchestration.landing.binding import Part, Source
from orchestration.landing.contracts import TYPED, ContractColumn, closest
from orchestration.landing.mapping import Problems
from orchestration.landing.proposals import fits, proposals
from orchestration.landing.report import LandingReport
from orchestration.landing.sql import literals, parquet_rows
from orchestration.landing.views import names_of

MOST = 0.9  # share of misfits from which on a column cannot be meant
CERTAIN = 20  # so many misfits stop the run even where no way of writing is found that fits
SHOWN = 20
GROUPED = "[+-]?[1-9]\\d{0,2}\\.\\d{3}"  # 1.250: a thousand or a fraction?
LIKELY = {
    "won": "won", "lost": "lost", "lose": "lost", "success": "won", "fail": "lost", "cancel": "lost",
    "reject": "lost",
}  # fmt: skip


class ValueChecks:
    """Runs all checks of one landing. Mapped files' problems go to `problems`, those of others to
    `native_problems`.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        problems: Problems,
        report: LandingReport,
        all_parts: dict[str, list[Part]],
    ) -> None:
        self.native_problems: list[str] = []
        self._connection, self._problems = connection, problems
        self._report, self._all_parts = report, all_parts

    def check(self, part: Part) -> None:
        """Checks one file's share of an object."""
        if part.table.empty or not part.table.rows:
            return
        self._check_types(part)
        for column in part.contract.columns:
            source = part.sources.get(column.name)
            if source is None:
                continue
            if column.accepted:
                self._check_accepted(part, column, source)
            if source.unmapped:
                self._check_unmapped(part, column, source)
            if source.lookup:
                self._check_lookup(part, column, source)

    def _ask(self, sql: str) -> list[tuple[object, ...]]:
        return self._connection.execute(sql).fetchall()

    def _check_types(self, part: Part) -> None:
        typed = [
            (column, part.sources[column.name])
            for column in part.contract.columns
            if column.type in TYPED and not column.accepted and column.name in part.sources
        ]
        typed = [(column, source) for column, source in typed if not source.lookup]
        if not typed:
            return
        values = ", ".join(f"{_text(source)} as v{n}" for n, (_, source) in enumerate(typed))
        counts = ", ".join(
            f"count(v{n}), count(v{n}) filter (not {fits(f'v{n}', column.type)}), "
            f"count(v{n}) filter (regexp_full_match(v{n}, '{GROUPED}')), count(v{n}) filter "
            f"(contains(v{n}, '.'))"
            for n, (column, _) in enumerate(typed)
        )
        row = [
            int(str(count))
            for count in self._ask(f"select {counts} from (select {values} from {_rows(part)})")[0]
        ]
        for n, (column, source) in enumerate(typed):
            filled, misfits, grouped, dotted = row[4 * n : 4 * n + 4]
            if column.type in ("decimal", "number") and dotted >= 3 and grouped == dotted:
                self._ask_about_points(part, column, source, dotted)
            if misfits:
                self._judge(part, column, source, filled, misfits)

    def _ask_about_points(self, part: Part, column: ContractColumn, source: Source, dotted: int) -> None:
        if source.options.thousands or source.options.decimal:
            return
        example = self._samples(part, source, "contains(v, '.')")[0]
        self._report.warn(
            f"{part.file.name}: all {dotted} values of {column.name} with a point have exactly three "
            "digits after "
            f'it, such as {example}. If the point separates thousands, say `thousands: "."` and `decimal: '
            '","` in '
            f"exports.yml; otherwise nothing needs doing."
        )

    def _samples(self, part: Part, source: Source, condition: str) -> list[str]:
        rows = self._ask(
            f"select distinct v from ({_values(part, source)}) where v is not null and {condition} order "
            "by v limit 3"
        )
        return [str(value) for (value,) in rows]

    def _judge(self, part: Part, column: ContractColumn, source: Source, filled: int, misfits: int) -> None:
        samples = self._samples(part, source, f"not {fits('v', column.type)}")
        told = (
            f"{misfits} of {filled} values of {_named(part, column)} in {part.file.name} cannot be read as "
            f"{column.type}, for example {_quoted(samples)}."
        )
        found: list[str] = []
        if misfits >= MOST * filled:
            found = proposals(self._ask, _values(part, source), column.type)
        if misfits < MOST * filled or not (found or misfits >= CERTAIN):
            self._report.warn(f"{told} They land as written, and staging records them as rejected.")
            return
        if len(found) > 1:
            ways = " or ".join(f"`{way}`" for way in found)
            cure = (
                f"Several ways of writing fit all values: {ways}. Ask whoever made the export, "
                f"and declare the right one"
            )
        elif found:
            cure = f"All values fit `{found[0]}`: declare it"
        else:
            cure = (
                "No common way of writing fits: is it the right column? If not, map another one; "
                "else declare its format"
            )
        options = found[0] if found else "format: ..."
        example = f"{column.name}: {{column: {_source_name(source, column)}, {options}}}"
        if part.mapping:
            self._problems.add(source.rule.line if source.rule else None, f"{told} {cure}: `{example}`.")
        else:
            self.native_problems.append(
                f"{told} {cure} in exports.yml:\n  objects:\n    {part.contract.name}:\n"
                f"      files: {part.file.name!r}\n      columns:\n        {example}"
            )

    def _check_accepted(self, part: Part, column: ContractColumn, source: Source) -> None:
        accepted = literals(value.lower() for value in column.accepted)
        rows = self._counted(f"select v from ({_values(part, source)}) where lower(v) not in ({accepted})")
        if not rows:
            return
        proposed = ", ".join(f'"{value}": {_likely(value, column.accepted)}' for value, _ in rows)
        told = (
            f"{_named(part, column)} in {part.file.name} has values other than {', '.join(column.accepted)}: "
            f"{_listed(rows)}."
        )
        example = f"{column.name}: {{column: {_source_name(source, column)}, map: {{{proposed}}}}}"
        if part.mapping:
            line = source.rule.line if source.rule else None
            self._problems.add(line, f"{told} Map them, for example (check it): `{example}`.")
        else:
            self._report.warn(
                f"{told} Staging records them as rejected. To map them: exports.yml, `{example}`."
            )

    def _check_unmapped(self, part: Part, column: ContractColumn, source: Source) -> None:
        rule = source.rule
        if rule is None or rule.values is None:
            return
        known = literals(dict.fromkeys(key.strip().lower() for key in rule.values)) or "''"
        values = f"select {source.unmapped} as v from {_rows(part)}"
        rows = self._counted(f"select v from ({values}) where lower(trim(v)) not in ({known})")
        if rows:
            self._problems.add(
                rule.line,
                f"`map` of {column.name} says `otherwise: error`, and {part.file.name} has values outside "
                "it: "
                f"{_listed(rows)}. Add them to `map`, or remove `otherwise`.",
            )

    def _check_lookup(self, part: Part, column: ContractColumn, source: Source) -> None:
        lookup, rule = source.lookup, source.rule
        if lookup is None or rule is None:
            return
        known = self._all_parts.get(lookup.contract.name, [])
        if not known:
            self._problems.add(
                rule.line,
                f"{_named(part, column)} looks names up in {lookup.contract.name}, for which there is no "
                "file. Map one, "
                f"or take the name itself as the key: `{column.name}: {_source_name(source, column)}`.",
            )
            return
        for needed in (lookup.by, lookup.contract.key[0]):
            if any((found := other.sources.get(needed)) and found.lookup for other in known):
                self._problems.add(
                    rule.line,
                    f"{_named(part, column)} looks up by {lookup.contract.name}.{needed}, which is itself "
                    "looked up; "
                    f"that is not possible.",
                )
                return
        exact = names_of(lookup, self._all_parts, exact=True)
        loose = names_of(lookup, self._all_parts, exact=False)
        missed = (
            f"select v from ({_values(part, source)}) as t left join {exact} as e on e.name = t.v "
            f"left join {loose} as f on f.name = lower(t.v) where e.key is null and f.key is null"
        )
        rows = self._counted(missed)
        if rows:
            total = self._ask(f"select count(v) from ({missed})")[0][0]
            self._report.warn(
                f"{part.file.name}: {total} values of {_named(part, column)} were not found, or not only "
                "once, in "
                f"{lookup.contract.name}.{lookup.by}, and stay as written: {_listed(rows[:5])}"
                f"{' and others' if len(rows) > 5 else ''}. Names can be mended with `map:`."
            )

    def _counted(self, values: str) -> list[tuple[str, int]]:
        rows = self._ask(
            f"select v, count(*) from ({values}) where v is not null group by 1 order by 2 desc, 1 limit "
            f"{SHOWN + 1}"
        )
        return [(str(value), int(str(count))) for value, count in rows]


def _rows(part: Part) -> str:
    where = f" where {part.where}" if part.where else ""
    return f"{parquet_rows(str(part.parquet))} as s{where}"


def _text(source: Source) -> str:
    return f"nullif(trim(({source.sql})::varchar), '')"


def _values(part: Part, source: Source) -> str:
    return f"select {_text(source)} as v from {_rows(part)}"


def _named(part: Part, column: ContractColumn) -> str:
    return f"{part.contract.name}.{column.name}"


def _quoted(values: list[str]) -> str:
    return ", ".join(f'"{value[:60]}"' for value in values)


def _listed(rows: list[tuple[str, int]]) -> str:
    shown = ", ".join(
        f'"{value[:60]}" ({count} row{"s" if count != 1 else ""})' for value, count in rows[:SHOWN]
    )
    return shown + (", ..." if len(rows) > SHOWN else "")


def _source_name(source: Source, column: ContractColumn) -> str:
    name = source.rule.columns[0] if source.rule and source.rule.columns else column.name
    return f"'{name}'" if any(mark in name for mark in ",:{}[]#&*!|>%@`") else name


def _likely(value: str, accepted: tuple[str, ...]) -> str:
    for word, target in LIKELY.items():
        if word in value.lower() and target in accepted:
            return target
    return closest(value, list(accepted)) or ("open" if "open" in accepted else accepted[0])
