"""What files held before they were replaced in place: rows of the archive, for the objects whose contract asks for them."""

from datetime import UTC, datetime

from orchestration.errors import ExportError
from orchestration.landing.archive import Archive
from orchestration.landing.binding import Part, bind_mapped, bind_native
from orchestration.landing.contracts import EXPORT_FILE, EXPORT_RECORD, Contracts
from orchestration.landing.mapping import Problems
from orchestration.landing.sql import identifier, literal
from orchestration.landing.tables import ArchivedTable, ReadOptions
from orchestration.landing.views import ObjectQuery

COLUMNS = (
    "source_system", "opportunity_id", "owner_id", "stage", "outcome", "amount", "expected_close_on", "updated_at",
    "modified_at",
)  # fmt: skip


def former_rows(
    parts: dict[str, list[Part]], archive: Archive, options: ReadOptions, contracts: Contracts
) -> str:
    """SQL: one row per record of an earlier content, read as the file is read today.

    A content that does not fit today's mapping (another header, say) is left out: it tells nothing for sure.
    """
    selects = [
        _select(earlier, written, parts)
        for landed in parts.values()
        for part in landed
        if part.contract.former
        for table, written in archive.former(part.file.path, part.mapping.read if part.mapping else options)
        if (earlier := _bound(part, table, archive, contracts)) is not None
    ]
    return "\nunion all\n".join(selects) or _nothing()


def _bound(part: Part, table: ArchivedTable, archive: Archive, contracts: Contracts) -> Part | None:
    if table.empty:
        return None
    parquet = archive.parquet(table)
    if part.mapping is None:
        try:
            return bind_native(part.contract, part.file, table, parquet)
        except ExportError:
            return None
    problems = Problems("exports.yml")
    earlier = bind_mapped(part.contract, part.mapping, part.file, table, parquet, contracts, problems)
    return None if problems.messages else earlier


def _select(part: Part, written: int, parts: dict[str, list[Part]]) -> str:
    contract = part.contract
    rows = ObjectQuery(contract, [part], parts).part(part, contract.column_names)
    there = dict(contract.former)
    modified = datetime.fromtimestamp(written / 1e9, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    values = {"source_system": literal(contract.system), "modified_at": literal(modified)}
    listed = ", ".join(
        f"({values.get(name) or (identifier(there[name]) if name in there else 'null')})::varchar as {name}"
        for name in COLUMNS
    )
    return f"select {listed}, {EXPORT_FILE}, {EXPORT_RECORD} from ({rows})"


def _nothing() -> str:
    columns = "".join(f"null::varchar as {name}, " for name in COLUMNS)
    return f"select {columns}null::varchar as {EXPORT_FILE}, null::bigint as {EXPORT_RECORD} where false"
