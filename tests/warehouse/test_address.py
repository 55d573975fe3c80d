"""Every number has an address: from a published row to the record of the export, and to the same text in the file."""

from __future__ import annotations

import csv
from decimal import Decimal

from tests.conftest import ROOT, Warehouse


def record(file: str, number: int) -> dict[str, str]:
    """Record `number` of an export, 1 = first after the header, read without the pipeline."""
    with (ROOT / file).open(encoding="utf-8", newline="") as lines:
        for position, row in enumerate(csv.DictReader(lines), start=1):
            if position == number:
                return row
    raise AssertionError(f"{file} has no record {number}")


def test_a_deal_leads_to_the_record_that_says_so(sample: Warehouse) -> None:
    deals = sample.rows(
        "select opportunity_id, amount, currency, _export_file, _export_record from sales.fct_opportunity"
        " order by opportunity_id limit 40"
    )
    for opportunity_id, amount, currency, file, number in deals:
        exported = record(file, number)
        assert exported["Id"] == opportunity_id
        assert Decimal(exported["Amount"]) == amount
        assert exported["CurrencyIsoCode"] == currency


def test_a_names_comma_quote_and_turkish_letters_arrive_as_written(sample: Warehouse) -> None:
    written = {}
    with (ROOT / "seeds/salesforce/salesforce__account.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            written.setdefault(row["Id"], set()).add(row["Name"].strip())
    published = sample.rows("select account_id, account_name from sales.dim_account where is_listed")
    assert len(published) > 500
    assert all(name in written[account_id] for account_id, name in published)
    assert any('"' in name or "," in name for _, name in published)
    assert any(set(name) & set("ışğİŞĞ") for _, name in published)


def test_the_records_of_a_seed_are_numbered_in_the_order_of_the_file(sample: Warehouse) -> None:
    with (ROOT / "seeds/salesforce/salesforce__task.csv").open(encoding="utf-8", newline="") as lines:
        ids = [row["Id"] for row in csv.DictReader(lines)]
    with sample.build() as connection:
        found = connection.execute('select "Id" from raw.salesforce__task order by _export_record').fetchall()
    assert [value for (value,) in found] == ids


def test_an_id_with_leading_zeros_keeps_them(sample: Warehouse) -> None:
    with sample.build() as connection:
        types = connection.execute(
            "select distinct data_type from duckdb_columns() where schema_name = 'raw' and column_name not like '\\_export\\_%' escape '\\'"
        ).fetchall()
    assert types == [("VARCHAR",)]


def test_every_record_of_every_seed_is_accounted_for(sample: Warehouse) -> None:
    for file, rows_in, difference in sample.rows(
        "select export_file, rows_in, difference from quality.export_reconciliation"
    ):
        with (ROOT / file).open(encoding="utf-8", newline="") as lines:
            assert sum(1 for _ in csv.DictReader(lines)) == rows_in, file
        assert difference == 0, file
