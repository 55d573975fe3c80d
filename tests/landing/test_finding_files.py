"""Files without a mapping are found by their names; what is not landed is said."""

from __future__ import annotations

import os
import time
from pathlib import Path

import duckdb
import pytest

from orchestration.errors import ExportError
from orchestration.landing import drop_landed_views, land
from orchestration.landing.files import native_object
from tests.landing.exports_folder import CONTRACTS, Exports

USERS = "Id,Name\n1,a\n"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("salesforce/Opportunity.csv", "opportunity"),
        ("Salesforce/OPPORTUNITY.CSV", "opportunity"),
        ("salesforce/opportunity_2024-05.csv.gz", "opportunity"),
        ("salesforce/Opportunity (1).csv", "opportunity"),
        ("salesforce/Opportunity2.parquet", "opportunity"),
        ("salesforce/Opportunity.2024.tsv", "opportunity"),
        ("salesforce/OpportunityHistory.csv", "opportunity_history"),
        ("salesforce/opportunity_history.csv", "opportunity_history"),
        ("salesforce/Opportunity History 3.csv", "opportunity_history"),
        ("salesforce/Opportunity/part-0001.csv", "opportunity"),
        ("salesforce/opportunity_history/2024/part.csv", "opportunity_history"),
        ("salesforce/salesforce__opportunity.csv", "opportunity"),
        ("salesforce/Opportunities.csv", None),
        ("salesforce/MyOpportunity.csv", None),
        ("unknown/Opportunity.csv", None),
        ("Opportunity.csv", None),
    ],
)
def test_the_name_says_the_object(name: str, expected: str | None) -> None:
    found = native_object(name, CONTRACTS)
    assert (found.object if found else None) == expected


def test_several_files_of_one_object_are_united(exports: Exports) -> None:
    exports.write("salesforce/User_1.csv", "Id,Name,Extra\n1,a,x\n")
    exports.write("salesforce/User_2.csv", "Name,Id\nb,2\n")
    exports.land()
    found = exports.rows(
        'select "Id", "Name", "Extra", _export_file, _export_record from raw.salesforce__user order by 1'
    )
    assert found == [
        ("1", "a", "x", "salesforce/User_1.csv", 1),
        ("2", "b", None, "salesforce/User_2.csv", 1),
    ]


def test_the_same_content_twice_counts_once_and_is_said(exports: Exports) -> None:
    exports.write("salesforce/User_1.csv", USERS)
    exports.write("salesforce/User_2.csv", USERS)
    report = exports.land()
    assert exports.column('select "Id" from raw.salesforce__user') == ["1"]
    assert [(file.rows_in, file.rows_landed, file.rows_skipped) for file in report.files] == [
        (1, 1, 0),
        (1, 0, 1),
    ]
    assert any("has the same content as salesforce/User_1.csv" in warning for warning in report.warnings)


def test_objects_that_were_not_exported_are_empty_with_the_contracts_columns(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    report = exports.land()
    described = exports.rows("describe raw.generic__account")
    assert [(name, kind) for name, kind, *_ in described] == [
        ("account_id", "VARCHAR"),
        ("account_name", "VARCHAR"),
        ("owner_id", "VARCHAR"),
        ("_export_file", "VARCHAR"),
        ("_export_record", "BIGINT"),
    ]
    assert "generic.account" in report.objects_not_exported


def test_reference_tables_stay_with_the_seeds_unless_a_file_replaces_them(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    exports.write("reference/fx_rate.csv", "rate_on,rate\n2024-01-01,1.1\n")
    exports.land()
    assert exports.column("select rate from raw.reference__fx_rate") == ["1.1"]
    (exports.folder / "reference/fx_rate.csv").unlink()
    exports.land()
    assert exports.column("select count(*) from duckdb_views() where view_name = 'reference__fx_rate'") == [0]


def test_what_is_only_about_the_sample_company_is_empty_without_a_file(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    exports.land()
    assert exports.column("select count(*) from raw.reference__target") == [0]
    exports.write("reference/target.csv", "kpi_id,target\nwin_rate,0.4\n")
    exports.land()
    assert exports.column("select target from raw.reference__target") == ["0.4"]


def test_a_header_that_differs_in_case_and_spaces_is_the_same(exports: Exports) -> None:
    exports.write("salesforce/User.csv", " ID ,name\n1,a\n")
    exports.land()
    assert exports.rows('select "Id", "Name" from raw.salesforce__user') == [("1", "a")]


def test_a_missing_required_column_stops_with_file_expected_found_and_closest(exports: Exports) -> None:
    exports.write("salesforce/Opportunity.csv", "Id,Created_Date,Amount\n1,2024-01-01,5\n")
    error = exports.error()
    assert isinstance(error, ExportError)
    for part in (
        "salesforce/Opportunity.csv",
        '"CreatedDate"',
        '"Created_Date"',
        "Found: Id, Created_Date, Amount",
        "exports.yml",
    ):
        assert part in str(error)


def test_all_files_with_missing_columns_are_named_at_once(exports: Exports) -> None:
    exports.write("salesforce/Opportunity.csv", "Id\n1\n")
    exports.write("salesforce/User.csv", "Name\n1\n")
    message = str(exports.error())
    assert "salesforce/Opportunity.csv" in message and "salesforce/User.csv" in message


def test_missing_optional_and_extra_columns_are_reported(exports: Exports) -> None:
    exports.write("salesforce/User.csv", "Id,Shoe size\n1,42\n")
    report = exports.land()
    assert report.files[0].columns_missing == ("Name",)
    assert report.files[0].columns_not_used == ("Shoe size",)
    assert exports.rows('select "Name", "Shoe size" from raw.salesforce__user') == [(None, "42")]


def test_an_unknown_column_like_a_missing_one_is_asked_about(exports: Exports) -> None:
    exports.write("salesforce/Opportunity.csv", "Id,CreatedDate,Amont\n1,2024-01-01,5\n")
    assert [w for w in exports.land().warnings if '"Amount"' in w and '"Amont"' in w]


def test_data_that_matches_nothing_is_a_warning_and_other_files_a_note(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    exports.write("salesforce/Invoices.csv", "a,b\n1,2\n")
    exports.write("book.xlsx", b"x")
    exports.write("README.md", "hello")
    report = exports.land()
    assert report.files_not_matched == ["README.md", "book.xlsx", "salesforce/Invoices.csv"]
    assert [
        w
        for w in report.warnings
        if "salesforce/Invoices.csv was NOT landed" in w and "ignore" in w and "User" in w
    ]
    assert [w for w in report.warnings if "book.xlsx was NOT landed" in w and "CSV" in w]
    assert not [w for w in report.warnings if "README" in w]
    assert [note for note in report.notes if "README.md" in note]


def test_ignored_files_are_silent(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    exports.write("old/x.csv", "a\n")
    exports.write("dictionary.csv", "a\n")
    exports.write("exports.yml", 'version: 1\nignore: ["old/*", "DICTIONARY.csv"]\n')
    report = exports.land()
    assert (report.files_not_matched, report.warnings) == ([], [])


def test_links_out_of_the_folder_are_not_followed(exports: Exports, tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(USERS)
    (exports.folder / "salesforce").mkdir()
    (exports.folder / "salesforce" / "User.csv").symlink_to(tmp_path / "secret.csv")
    assert "salesforce/User.csv -> " in str(exports.error())


def test_a_missing_or_empty_folder_says_what_to_do(exports: Exports, tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="does not exist. Set EXPORTS_DIR"):
        land(tmp_path / "no", CONTRACTS, exports.build_file, exports.archive, print)
    assert "There is nothing to land" in str(exports.error())


def test_a_file_that_was_seen_before_is_not_read_again(exports: Exports) -> None:
    path = exports.write("salesforce/User.csv", USERS)
    assert exports.land().files_read == 1
    path.rename(exports.folder / "salesforce/User_renamed.csv")
    report = exports.land()
    assert report.files_read == 0
    assert exports.column("select _export_file from raw.salesforce__user") == ["salesforce/User_renamed.csv"]


def test_an_untouched_file_is_not_even_opened(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    path = exports.write("salesforce/User.csv", USERS)
    monkeypatch.setattr("orchestration.landing.archive.SETTLED_SECONDS", -1.0)
    exports.land()
    monkeypatch.setattr(
        "orchestration.landing.scan.open_bytes", lambda path: pytest.fail(f"{path} was opened")
    )
    assert exports.land().rows_landed == 1
    monkeypatch.undo()
    path.write_text("Id,Name\n2,b\n")
    exports.land()
    assert exports.column('select "Id" from raw.salesforce__user') == ["2"]


def test_the_same_bytes_read_with_another_delimiter_are_another_table(exports: Exports) -> None:
    exports.write("salesforce/User.csv", "Id,Name;x\n1,a;b\n")
    exports.land()
    exports.write(
        "exports.yml",
        "version: 1\ndefaults: {delimiter: ';'}\nobjects:\n  salesforce.user: {files: '*User.csv', columns: {Id: 'Id,Name'}}\n",
    )
    exports.land()
    assert exports.column('select "Id" from raw.salesforce__user') == ["1,a"]


def test_a_half_written_archive_file_is_not_believed(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    exports.land()
    for path in exports.archive.glob("*.json"):
        path.write_text(path.read_text()[:20])
    report = exports.land()
    assert report.files_read == 1
    assert exports.column('select "Id" from raw.salesforce__user') == ["1"]
    assert not list(exports.archive.glob(".landing-*"))


def test_after_an_error_the_former_landing_is_untouched(exports: Exports) -> None:
    exports.write("salesforce/User.csv", USERS)
    exports.land()
    exports.write("salesforce/Opportunity.csv", "x,y\n1,2\n")
    exports.error()
    assert exports.column('select "Id" from raw.salesforce__user') == ["1"]


def test_landing_replaces_seed_tables_and_gives_the_names_free_again(exports: Exports) -> None:
    exports.build_file.parent.mkdir(parents=True)
    with duckdb.connect(str(exports.build_file)) as connection:
        connection.execute(
            "create schema raw; create table raw.salesforce__user as select 'sample' as \"Id\""
        )
        connection.execute("create table raw.mine as select 1 as x")
    exports.write("salesforce/User.csv", USERS)
    exports.land()
    assert exports.column('select "Id" from raw.salesforce__user') == ["1"]
    comments = exports.column("select comment from duckdb_views() where schema_name = 'raw' and not internal")
    assert comments and all(comment.startswith("landed:") for comment in comments)
    # every view, and the two tables of landing's own books
    assert drop_landed_views(exports.build_file) == len(comments) + 2
    assert exports.rows("select table_name from duckdb_tables()") == [("mine",)]
    assert exports.rows("select view_name from duckdb_views() where not internal") == []
    assert drop_landed_views(exports.build_file.parent / "none.duckdb") == 0


def test_the_books_name_every_file_and_its_counts(exports: Exports) -> None:
    path = exports.write("salesforce/User.csv", "Id,Name\n1,a\n2\n\n")
    os.utime(path, (time.time(), 1_700_000_000))
    exports.land()
    found = exports.rows(
        "select source_system, object, export_file, rows_in, rows_malformed, rows_skipped, modified_at, bytes, mapping_line "
        "from raw.landing__export_file"
    )
    assert found == [
        ("salesforce", "user", "salesforce/User.csv", "3", "1", "1", "2023-11-14T22:13:20Z", "15", None)
    ]
    assert len(exports.column("select content_hash from raw.landing__export_file")[0]) == 64


def test_parquet_keeps_its_types_and_nested_values_become_json(exports: Exports) -> None:
    target = exports.folder / "salesforce" / "Opportunity.parquet"
    target.parent.mkdir()
    duckdb.execute(
        "copy (select 7 as Id, 1.5::decimal(9, 2) as Amount, timestamp '2024-01-01 10:00' as CreatedDate, "
        f"[{{'a': 1}}] as Extra) to '{target}' (format parquet)"
    )
    exports.land()
    kinds = {name: kind for name, kind, *_ in exports.rows("describe raw.salesforce__opportunity")}
    assert (kinds["Id"], kinds["Amount"], kinds["CreatedDate"]) == ("INTEGER", "DECIMAL(9,2)", "TIMESTAMP")
    assert exports.column('select "Extra" from raw.salesforce__opportunity') == ['[{"a":1}]']
    exports.write("salesforce/Opportunity_2.csv", "Id,Amount,CreatedDate\n00501,x,2024-01-02\n")
    exports.land()
    assert exports.column('select "Id" from raw.salesforce__opportunity order by 1') == ["00501", "7"]
    assert (
        exports.column('select "CreatedDate" from raw.salesforce__opportunity order by 1')[0]
        == "2024-01-01 10:00:00"
    )
