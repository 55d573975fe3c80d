"""A small set of contracts, and a folder of exports that a test fills and lands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.errors import KpiWarehouseError
from orchestration.landing import ContractColumn, Contracts, ExportContract, LandingReport, land


def _columns(*declared: str) -> tuple[ContractColumn, ...]:
    """`name`, `name:type`, `name:type!` (required), `name:open|won` (accepted values)."""
    columns = []
    for text in declared:
        name, _, kind = text.rstrip("!").partition(":")
        accepted = tuple(kind.split("|")) if "|" in kind else ()
        columns.append(
            ContractColumn(name, "text" if accepted else kind or "text", text.endswith("!"), accepted)
        )
    return tuple(columns)


CONTRACTS = Contracts(
    (
        ExportContract("salesforce", "user", "User", _columns("Id!", "Name"), ("Id",)),
        ExportContract(
            "salesforce",
            "opportunity",
            "Opportunity",
            _columns("Id!", "Name", "Amount:decimal", "CreatedDate:timestamp!", "CloseDate:date"),
            ("Id",),
        ),
        ExportContract(
            "salesforce", "opportunity_history", "OpportunityHistory", _columns("Id!", "StageName"), ("Id",)
        ),
        ExportContract(
            "generic",
            "opportunity",
            "opportunity",
            _columns(
                "opportunity_id!", "opportunity_name", "account_id", "owner_id", "product_id", "stage",
                "outcome:open|won|lost", "amount:decimal", "currency", "created_at:timestamp", "closed_at:timestamp",
                "expected_close_on:date", "is_deleted:boolean",
            ),
            ("opportunity_id",),
        ),
        ExportContract(
            "generic", "account", "account", _columns("account_id!", "account_name", "owner_id"), ("account_id",)
        ),
        ExportContract("generic", "rep", "rep", _columns("rep_id!", "rep_name"), ("rep_id",)),
        ExportContract(
            "reference", "fx_rate", "fx_rate", _columns("rate_on:date!", "rate:decimal!"), ("rate_on",)
        ),
        ExportContract(
            "reference", "target", "target", _columns("kpi_id!", "target:number!"), ("kpi_id",), sample_only=True
        ),
    )
)  # fmt: skip


@dataclass
class Exports:
    """A folder of exports with its own build file and archive."""

    folder: Path
    build_file: Path
    archive: Path
    contracts: Contracts = CONTRACTS

    def write(self, name: str, content: str | bytes) -> Path:
        """Puts a file into the folder; text as UTF-8 with its line ends untouched."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def land(self) -> LandingReport:
        """Lands the folder."""
        return land(self.folder, self.contracts, self.build_file, self.archive, lambda message: None)

    def error(self) -> KpiWarehouseError:
        """The error with which landing stops."""
        with pytest.raises(KpiWarehouseError) as caught:
            self.land()
        return caught.value

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Asks the build file."""
        with duckdb.connect(str(self.build_file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def column(self, sql: str) -> list[Any]:
        """The first column of a query."""
        return [row[0] for row in self.rows(sql)]
