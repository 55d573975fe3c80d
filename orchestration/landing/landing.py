"""Lands a folder of exports: every file once into the archive, every export object as a view of the build
file.

The order is: find files, decide by exports.yml and by their names what each one is, read them, check the
values, and only then, in one transaction, replace the views. Until that moment nothing of the former landing
is touched.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.errors import ExportError, LandingError
from orchestration.landing.archive import Archive
from orchestration.landing.binding import Part, bind_mapped, bind_native
from orchestration.landing.checks import ValueChecks
from orchestration.landing.contracts import Contracts, ExportContract, closest, did_you_mean
from orchestration.landing.files import ExportFile, find_files, matches, native_object
from orchestration.landing.former import former_rows
from orchestration.landing.mapping import ExportsConfig, ObjectMapping, Problems, read_exports_config
from orchestration.landing.report import FileReport, LandingReport
from orchestration.landing.tables import ArchivedTable
from orchestration.landing.views import LINE_TABLE, ObjectQuery, all_schemas, connect, write_views

# what is not only about the sample company stays with its seed unless a file replaces it
REFERENCE = "reference"


def land(
    exports_dir: Path,
    contracts: Contracts,
    build_file: Path,
    archive_dir: Path,
    progress: Callable[[str], None],
) -> LandingReport:
    """Lands all exports of a folder and reports what became of every file.

    Raises ExportError (a file cannot be used), MappingError (exports.yml is wrong or does not fit) or
    LandingError (the archive or the build file cannot be written). After an error the build file is as it
    was.
    """
    config = read_exports_config(exports_dir) if exports_dir.is_dir() else ExportsConfig()
    files = find_files(exports_dir)
    connection = connect(build_file)
    try:
        return _Landing(contracts, config, files, connection, archive_dir, progress).run(exports_dir)
    except OSError as error:
        raise LandingError(
            f"The exports could not be landed: {error.strerror or error} "
            f"({error.filename or archive_dir}). Is the disk full?"
        ) from error
    except duckdb.Error as error:
        raise LandingError(f"The exports could not be landed: {str(error).splitlines()[0]}") from error
    finally:
        connection.close()


class _Landing:
    def __init__(
        self,
        contracts: Contracts,
        config: ExportsConfig,
        files: list[ExportFile],
        connection: duckdb.DuckDBPyConnection,
        archive_dir: Path,
        progress: Callable[[str], None],
    ) -> None:
        self._contracts, self._config, self._files, self._connection = contracts, config, files, connection
        self._archive = Archive(archive_dir.resolve(), connection)
        self._progress = progress
        self._problems = Problems(config.file)
        self._report = LandingReport(vars=dict(config.vars))
        self._parts: dict[str, list[Part]] = {}
        self._duplicates: list[tuple[Part, str]] = []

    def run(self, exports_dir: Path) -> LandingReport:
        connection = self._connection
        connection.execute("set enable_progress_bar = false")
        connection.execute("set preserve_insertion_order = true")
        self._problems_of_names()
        claimed = self._claim()
        native = self._by_name(claimed)
        self._problems.stop_if_any()
        if not claimed and not native:
            raise ExportError(self._nothing_to_land(exports_dir))
        for mapping, files in ((m, f) for m, f in claimed if f):
            self._bind_mapping(mapping, files)
        self._bind_native(native)
        self._problems.stop_if_any()
        self._progress("checking values")
        checks = ValueChecks(connection, self._problems, self._report, self._parts)
        for parts in self._parts.values():
            for part in parts:
                checks.check(part)
        self._problems.stop_if_any()
        if checks.native_problems:
            raise ExportError("\n".join(checks.native_problems))
        self._write()
        self._archive.close()
        self._report.files_read = self._archive.files_read
        return self._report

    def _problems_of_names(self) -> None:
        for mapping in self._config.objects:
            contract = self._contracts.find(mapping.system, mapping.object)
            if contract is None:
                names = [c.object if c.system == "generic" else c.name for c in self._contracts]
                wanted = (
                    mapping.object if mapping.system == "generic" else f"{mapping.system}.{mapping.object}"
                )
                self._problems.add(
                    mapping.line,
                    f"there is no object `{wanted}`. {did_you_mean(wanted, names)}Known are: "
                    f"{', '.join(names)}.",
                )
                continue
            for rule in mapping.columns:
                if contract.column(rule.target) is None:
                    self._problems.add(
                        rule.line,
                        f"{contract.name} has no column `{rule.target}`. "
                        f"{did_you_mean(rule.target, contract.column_names)}"
                        f"It has: {', '.join(contract.column_names)}. (On the left stands the warehouse's "
                        "column, on the right the file's.)",
                    )
            if mapping.one_row_per and contract.column(mapping.one_row_per[0]) is None:
                self._problems.add(
                    mapping.one_row_per[1],
                    f"`one_row_per` names a column of {contract.name}, and `{mapping.one_row_per[0]}` is "
                    "none. "
                    f"{did_you_mean(mapping.one_row_per[0], contract.column_names)}It has: "
                    f"{', '.join(contract.column_names)}.",
                )

    def _claim(self) -> list[tuple[ObjectMapping, list[ExportFile]]]:
        """The files of every block of exports.yml; a pattern without files is a problem."""
        claimed = []
        for mapping in self._config.objects:
            mine: dict[str, ExportFile] = {}
            for pattern, line in mapping.files:
                hits = [file for file in self._files if matches(pattern, file.name)]
                unreadable = [file.name for file in hits if not file.readable]
                if unreadable:
                    self._problems.add(
                        line,
                        f"{', '.join(unreadable[:3])} cannot be read: landing reads .csv, .tsv, .txt (also "
                        ".gz) and .parquet. Save it as CSV UTF-8.",
                    )
                if not hits:
                    names = [file.name for file in self._files]
                    there = ", ".join(names[:40]) + (
                        f" and {len(names) - 40} more" if len(names) > 40 else ""
                    )
                    self._problems.add(
                        line,
                        f"no file matches `{pattern}`. {did_you_mean(pattern, names)}The folder has: "
                        f"{there or 'no file'}.",
                    )
                mine.update({file.name: file for file in hits if file.readable})
            claimed.append((mapping, list(mine.values())))
        return claimed

    def _by_name(
        self, claimed: list[tuple[ObjectMapping, list[ExportFile]]]
    ) -> list[tuple[ExportContract, ExportFile]]:
        """The files that belong to an object by their name; the others are reported."""
        taken = {file.name for _, files in claimed for file in files}
        mapped_objects = {f"{mapping.system}.{mapping.object}" for mapping, _ in claimed}
        native: list[tuple[ExportContract, ExportFile]] = []
        for file in self._files:
            if file.name in taken or any(matches(pattern, file.name) for pattern in self._config.ignore):
                continue
            contract = native_object(file.name, self._contracts) if file.readable else None
            if contract is not None and contract.name not in mapped_objects:
                native.append((contract, file))
            else:
                self._not_matched(file, contract)
        return native

    def _not_matched(self, file: ExportFile, contract: ExportContract | None) -> None:
        self._report.files_not_matched.append(file.name)
        if contract is not None:
            self._report.warn(
                f"{file.name} was NOT landed: exports.yml maps {contract.name} itself, and none of its "
                "patterns fits this file. Add the "
                f"file to `files:` there, or list it under `ignore:`."
            )
        elif not file.data_like:
            self._report.notes.append(f"{file.name} is no export and was left alone.")
        elif not file.readable:
            self._report.warn(
                f"{file.name} was NOT landed: this kind of file cannot be read. Save it as CSV UTF-8 or "
                "Parquet, or list it under `ignore:`."
            )
        else:
            system = file.name.split("/")[0].lower()
            known = [c.native_name for c in self._contracts.of_system(system)] if "/" in file.name else []
            hint = f" Objects of {system}: {', '.join(known)}." if known else ""
            self._report.warn(
                f"{file.name} was NOT landed: its name says no export object.{hint} Map it in exports.yml "
                "under `objects:`, put it into the "
                f"system's folder as <system>/<object>.csv, or list it under `ignore:`."
            )

    def _nothing_to_land(self, exports_dir: Path) -> str:
        names = [file.name for file in self._files]
        found = f"It has: {', '.join(names[:20])}" if names else "It is empty"
        examples = ", ".join(f"{c.system}/{c.native_name}.csv" for c in list(self._contracts)[:3])
        return (
            f"There is nothing to land in {exports_dir}. {found}. Name files like {examples}, or describe "
            "yours in an exports.yml "
            f"beside them (docs/exports/mapping.md)."
        )

    def _bind_mapping(self, mapping: ObjectMapping, files: list[ExportFile]) -> None:
        contract = self._contracts.find(mapping.system, mapping.object)
        if contract is None:
            return
        for file in files:
            self._progress(f"reading {file.name}")
            table = self._archive.table(file.path, file.name, mapping.read)
            part = bind_mapped(
                contract, mapping, file, table, self._archive.parquet(table), self._contracts, self._problems
            )
            self._add(part)

    def _bind_native(self, native: list[tuple[ExportContract, ExportFile]]) -> None:
        wrong: list[str] = []
        for contract, file in native:
            self._progress(f"reading {file.name}")
            try:
                table = self._archive.table(file.path, file.name, self._config.read)
                self._add(bind_native(contract, file, table, self._archive.parquet(table)))
            except ExportError as error:
                wrong.append(str(error))
        if wrong:
            raise ExportError("\n".join(wrong))

    def _add(self, part: Part) -> None:
        parts = self._parts.setdefault(part.contract.name, [])
        if part.table.empty:
            self._report.warn(
                f"{part.file.name} is empty (not even a header): {part.contract.name} gets no rows from it."
            )
        elif not part.table.rows and not part.table.rejected:
            self._report.warn(
                f"{part.file.name} has a header and no records: {part.contract.name} gets no rows from it."
            )
        same = next((p for p in parts if _same_rows(p, part)), None)
        if same is not None and not part.table.empty:
            self._duplicates.append((part, same.file.name))
            if part.table.rows:
                self._report.warn(
                    f"{part.file.name} has the same content as {same.file.name}: {part.contract.name} "
                    "counts it once. Remove one of them."
                )
        else:
            parts.append(part)

    def _write(self) -> None:
        queries = []
        left: list[ExportContract] = []
        for contract in self._contracts:
            parts = self._parts.get(contract.name, [])
            if not parts:
                self._report.objects_not_exported.append(contract.name)
                if contract.system == REFERENCE and not contract.sample_only:
                    left.append(contract)
                    continue
            query = ObjectQuery(contract, parts, self._parts).sql()
            landed = self._count(contract, parts, query)
            for part in parts:
                self._report.files.append(_file_report(part, landed[part.file.name]))
            queries.append((contract, query, _comment(parts)))
            self._progress(f"{contract.name}: {sum(landed.values())} rows from {len(parts)} files")
        for part, first in self._duplicates:
            self._report.files.append(_file_report(part, 0, first))
        self._warn_of_rows()
        self._report.files.sort(key=lambda file: (file.system, file.object, file.file))
        former = former_rows(self._parts, self._archive, self._config.read, self._contracts)
        write_views(self._connection, queries, self._report, left, former, all_schemas(self._contracts))

    def _warn_of_rows(self) -> None:
        fed = {(file.system, file.object) for file in self._report.files if file.rows_landed}
        for file in self._report.files:
            if file.rows_filtered and (file.system, file.object) not in fed:
                self._report.warn(
                    f"{file.file}: all {file.rows_filtered} records are skipped, so {file.system}.{file.object} "
                    "gets none. Check `only_rows` and `one_row_per` in exports.yml."
                )
            if file.rows_malformed:
                first = file.rejected[0]
                self._report.warn(
                    f"{file.file}: {file.rows_malformed} of {file.rows_in} records are malformed and did not "
                    f"land; they stand in {LINE_TABLE}. The first is line {first.line}: {first.reason}."
                )
            for name in file.columns_missing:
                near = closest(name, list(file.columns_not_used), likeness=0.8)
                if near and not file.mapping_line:
                    self._report.warn(
                        f'{file.file} has no column "{name}", which is left empty, but a column "{near}", '
                        f"which is not known. If they are the same, rename it in the export or map it in "
                        f"exports.yml."
                    )

    def _count(self, contract: ExportContract, parts: list[Part], query: str) -> dict[str, int]:
        """Rows that arrive, by file; asked from the engine wherever a filter may take rows away or a join add
        some.
        """
        landed = {part.file.name: 0 for part in parts}
        plain = [part for part in parts if not _has_filter(part)]
        if len(plain) == len(parts):
            return {part.file.name: part.table.rows for part in parts}
        rows = self._connection.execute(f"select _export_file, count(*) from ({query}) group by 1").fetchall()
        return landed | {str(name): int(count) for name, count in rows}


def _has_filter(part: Part) -> bool:
    return bool(part.where or (part.mapping and part.mapping.one_row_per))


def _same_rows(one: Part, other: Part) -> bool:
    return one.table.content_hash == other.table.content_hash and one.mapping is other.mapping


def _comment(parts: list[Part]) -> str:
    names = [part.file.name for part in parts]
    if not names:
        return "not exported"
    return "from " + ", ".join(names[:10]) + (f" and {len(names) - 10} more" if len(names) > 10 else "")


def _file_report(part: Part, landed: int, duplicate_of: str | None = None) -> FileReport:
    table: ArchivedTable = part.table
    malformed = 0 if duplicate_of else len(table.rejected)
    modified = datetime.fromtimestamp(part.file.path.stat().st_mtime, UTC)
    return FileReport(
        system=part.contract.system,
        object=part.contract.object,
        file=part.file.name,
        content_hash=table.content_hash,
        bytes=table.bytes,
        modified_at=modified.strftime("%Y-%m-%dT%H:%M:%SZ"),
        rows_in=table.records_in,
        rows_landed=landed,
        rows_malformed=malformed,
        rows_skipped=table.records_in - landed - malformed,
        rows_filtered=0 if duplicate_of else table.rows - landed,
        rejected=tuple(table.rejected),
        duplicate_of=duplicate_of,
        mapping_line=part.mapping.line if part.mapping else None,
        columns_by_name=part.by_name,
        columns_not_used=part.unused,
        columns_missing=part.missing,
    )
