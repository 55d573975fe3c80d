"""Every record of a text file arrives, or is rejected with its address, or landing stops."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.errors import ExportError
from orchestration.landing.archive import Archive
from orchestration.landing.reading import TextReader
from orchestration.landing.tables import ArchivedTable, ReadOptions
from tests.landing.exports_folder import Exports

FILE = "salesforce/User.csv"
NAMES = 'select "Id", "Name", _export_record from raw.salesforce__user order by _export_record'
LINES = "select export_line, reason, line_text from raw.landing__rejected_line order by export_line::int"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Id,Name\n1,a\n2,b\n", [("1", "a", 1), ("2", "b", 2)]),
        ("Id,Name\n1,a\n2,b", [("1", "a", 1), ("2", "b", 2)]),
        ("Id,Name\r\n1,a\r\n2,b\r\n", [("1", "a", 1), ("2", "b", 2)]),
        ("Id,Name\r1,a\r2,b\r", [("1", "a", 1), ("2", "b", 2)]),
        ("Id,Name\r\n1,a\n2,b\r\n", [("1", "a", 1), ("2", "b", 2)]),
        ('Id,Name\n1,"a\nb"\n2,"c ""d"""\n', [("1", "a\nb", 1), ("2", 'c "d"', 2)]),
        ('Id,Name\n1,5" pipe\n2,b\n', [("1", '5" pipe', 1), ("2", "b", 2)]),
        ('Id,Name\n00501,"a,b"\n', [("00501", "a,b", 1)]),
        ("\ufeffId,Name\n1,ü名\n", [("1", "ü名", 1)]),
        ('"Id" ,"Name"\n"1" ,"a"\n', [("1", "a", 1)]),
        ("\n\nId,Name\n1,a\n", [("1", "a", 1)]),
        ("Id,Name\n1,a\0b\n", [("1", "a\0b", 1)]),
    ],
    ids=["plain", "no last newline", "crlf", "cr", "mixed", "quoted", "inch mark", "zeros", "bom", "space", "blank", "nul"],
)  # fmt: skip
def test_any_way_of_writing_lands_with_its_values_and_record_numbers(
    exports: Exports, text: str, expected: list[tuple[str, str, int]]
) -> None:
    exports.write(FILE, text)
    exports.land()
    assert exports.rows(NAMES) == expected


@pytest.mark.parametrize(
    ("delimiter", "name"), [(";", "User.csv"), ("\t", "User.tsv"), ("|", "User.txt"), (",", "User.tsv")]
)
def test_the_delimiter_is_found(exports: Exports, delimiter: str, name: str) -> None:
    exports.write(f"salesforce/{name}", f"Id{delimiter}Name\n1{delimiter}a b\n")
    exports.land()
    assert exports.rows(NAMES) == [("1", "a b", 1)]


def test_malformed_lines_are_kept_with_line_and_reason_and_the_rest_lands(exports: Exports) -> None:
    exports.write(FILE, 'Id,Name\n1,a\n2\n3,"b\nc"\n4,d,e\n5,"f"g\n6,h\n')
    report = exports.land()
    assert exports.rows(NAMES) == [("1", "a", 1), ("3", "b\nc", 3), ("6", "h", 6)]
    assert exports.rows(LINES) == [
        ("3", "1 value where the header has 2 columns", "2"),
        ("6", "3 values where the header has 2 columns", "4,d,e"),
        ("7", "text follows a closing quote (a quote inside a value has to be doubled)", '5,"f"g'),
    ]
    assert (report.files[0].rows_in, report.files[0].rows_landed, report.files[0].rows_malformed) == (6, 3, 3)
    assert [w for w in report.warnings if "3 of 6 records are malformed" in w and "line 3" in w]


def test_a_quote_that_is_never_closed_costs_one_line_not_the_rest_of_the_file(exports: Exports) -> None:
    exports.write(FILE, 'Id,Name\n1,"a\n2,b\n3,c\n')
    exports.land()
    assert exports.rows(NAMES) == [("2", "b", 2), ("3", "c", 3)]
    assert exports.rows(LINES) == [("2", "a quote is opened and never closed", '1,"a')]


def test_blank_lines_are_skipped_and_counted(exports: Exports) -> None:
    exports.write(FILE, "Id,Name\n1,a\n\n   \n2,b\n\n")
    report = exports.land()
    assert exports.rows(NAMES) == [("1", "a", 1), ("2", "b", 2)]
    assert (report.files[0].rows_in, report.files[0].rows_skipped) == (5, 3)


def test_blank_lines_do_not_need_the_slow_reader(exports: Exports) -> None:
    table = read(exports, b"Id,Name\n1,a\n\n2,b\n\n")
    assert (table.numbered, table.rows, table.blank_lines) == (False, 2, 2)


@pytest.mark.parametrize("line", ['1,"a" "b"', '1,"a"  "b"'])
def test_quoted_pieces_side_by_side_are_malformed_not_glued(exports: Exports, line: str) -> None:
    exports.write(FILE, f"Id,Name\n{line}\n2,b\n")
    exports.land()
    assert exports.rows(NAMES) == [("2", "b", 2)]
    assert exports.rows(LINES)[0][2] == line


def test_delimiters_at_the_end_of_a_line_are_no_values(exports: Exports) -> None:
    exports.write(FILE, "Id,Name\n1,a,,\n2,b\n3\n")
    exports.land()
    assert exports.rows(NAMES) == [("1", "a", 1), ("2", "b", 2)]


def test_quoted_crlf_before_any_other_line_end_does_not_confuse_the_reader(exports: Exports) -> None:
    exports.write(FILE, 'Id,Name\n1,"a\r\nb"\n2\n3,"c"\n')
    exports.land()
    assert exports.rows(NAMES) == [("1", "a\r\nb", 1), ("3", "c", 3)]


def test_a_single_column_lands_without_its_blank_lines(exports: Exports) -> None:
    exports.write(FILE, "Id\n1\n\n2\n")
    report = exports.land()
    assert exports.column('select "Id" from raw.salesforce__user order by 1') == ["1", "2"]
    assert report.files[0].rows_skipped == 1


def test_a_file_of_which_most_lines_do_not_fit_its_header_stops_the_run(exports: Exports) -> None:
    exports.write(FILE, "Id,Name\n" + "1,a,b\n" * 30)
    message = str(exports.error())
    assert "30 of 30 records do not fit the header" in message
    assert "skip_lines" in message and "delimiter" in message


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff"])
def test_a_file_without_a_header_is_reported_and_lands_nothing(exports: Exports, content: str) -> None:
    exports.write(FILE, content)
    exports.write("salesforce/Opportunity.csv", "Id,CreatedDate\n1,2024-01-01\n")
    report = exports.land()
    assert exports.rows(NAMES) == []
    assert any(f"{FILE} is empty" in warning for warning in report.warnings)


def test_a_file_with_only_a_header_lands_as_no_rows(exports: Exports) -> None:
    exports.write(FILE, "Id,Name")
    report = exports.land()
    assert exports.rows(NAMES) == []
    assert report.files[0].rows_in == 0
    assert any(f"{FILE} has a header and no records" in warning for warning in report.warnings)


def test_gz_is_read_and_a_cut_off_gz_stops_the_run(exports: Exports) -> None:
    content = gzip.compress("".join(["Id,Name\n", *(f"{n},name {n * n}\n" for n in range(2000))]).encode())
    exports.write("salesforce/User.csv.gz", content)
    exports.land()
    assert exports.column("select count(*) from raw.salesforce__user") == [2000]
    exports.write("salesforce/User.csv.gz", content[:-20])
    assert "is not a complete .gz file" in str(exports.error())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8-sig"])
def test_a_byte_order_mark_says_the_encoding(exports: Exports, encoding: str) -> None:
    exports.write(FILE, "Id,Name\n1,ü名\n".encode(encoding))
    exports.land()
    assert exports.rows(NAMES) == [("1", "ü名", 1)]


def test_bytes_that_are_not_utf8_stop_the_run_with_line_byte_and_a_proposal(exports: Exports) -> None:
    exports.write(FILE, b"Id,Name\n1,a\n2,M\xfcller und S\xf6hne\n")
    message = str(exports.error())
    assert f"{FILE} line 3 (byte 15): the bytes fc are not utf-8" in message
    assert "`encoding: cp125" in message


def test_a_declared_encoding_is_read(exports: Exports) -> None:
    exports.write(FILE, "Id,Name\n1,Şişli\n".encode("cp1254"))
    exports.write("exports.yml", "version: 1\ndefaults: {encoding: cp1254}\n")
    exports.land()
    assert exports.rows(NAMES) == [("1", "Şişli", 1)]


def test_a_declared_encoding_that_does_not_fit_stops_the_run(exports: Exports) -> None:
    exports.write(FILE, b"Id,Name\n1,\xff\xff\n")
    exports.write("exports.yml", "version: 1\ndefaults: {encoding: ascii}\n")
    assert "which exports.yml declares" in str(exports.error())


def test_lines_above_the_header_are_skipped_and_counted(exports: Exports) -> None:
    exports.write(FILE, "Report of May\n\nId,Name\n1,a\n")
    exports.write("exports.yml", "version: 1\ndefaults: {skip_lines: 2}\n")
    report = exports.land()
    assert exports.rows(NAMES) == [("1", "a", 1)]
    assert (report.files[0].rows_in, report.files[0].rows_skipped) == (3, 2)


def test_values_longer_than_duckdbs_longest_line_land_whole(exports: Exports) -> None:
    exports.write(FILE, f"Id,Name\n1,{'x' * 3_000_000}\n2,b\n")
    exports.land()
    assert exports.column('select length("Name") from raw.salesforce__user order by _export_record') == [
        3_000_000,
        1,
    ]


def test_names_full_of_quotes_and_sql_are_harmless(exports: Exports) -> None:
    bad = "x'; drop table raw.salesforce__user; --"
    exports.write("salesforce/User '\"[1]\n; drop.csv", f'Id,Name,"{bad}","a""b"\n1,a,2,3\n')
    exports.land()
    name = exports.column("select _export_file from raw.salesforce__user")
    assert name == ["salesforce/User '\"[1]\n; drop.csv"]
    quoted = '"' + bad + '"'
    assert exports.rows(f'select {quoted}, "a""b" from raw.salesforce__user') == [("2", "3")]


def test_headers_that_repeat_or_are_empty_keep_all_columns(exports: Exports) -> None:
    exports.write(FILE, "Id,Name,x,X,,x,_export_file\n1,a,2,3,4,5,6\n")
    exports.land()
    found = exports.rows('select "x", "X_2", "column_5", "x_3", "_export_file_2" from raw.salesforce__user')
    assert found == [("2", "3", "4", "5", "6")]


def read(exports: Exports, content: bytes, options: ReadOptions | None = None) -> ArchivedTable:
    path = exports.write("any.csv", content)
    with duckdb.connect() as connection:
        return Archive(exports.archive, connection).table(path, "any.csv", options or ReadOptions())


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ['"', "\n", "\r\n", "a,b", " x ", '"" ']
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str]:
    width = draw(st.integers(2, 4))
    rows = draw(st.lists(st.lists(TEXTS, min_size=width, max_size=width), max_size=8))
    return rows, draw(st.sampled_from(["\n", "\r\n"])), draw(st.sampled_from([",", ";", "\t", "|"]))


@given(tables())
@settings(max_examples=60, deadline=None)
def test_what_pythons_csv_module_writes_lands_with_exactly_those_values_and_record_numbers(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[list[str]], str, str]
) -> None:
    rows, line_end, delimiter = table
    text = io.StringIO()
    # Python 3.11 leaves a lone carriage return unquoted, and then the file itself does not say what it means
    quoting = csv.QUOTE_ALL if any("\r" in value for row in rows for value in row) else csv.QUOTE_MINIMAL
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting)
    width = len(rows[0]) if rows else 2
    writer.writerow([f"c{n}" for n in range(width)])
    writer.writerows(rows)
    folder = tmp_path_factory.mktemp("any")
    found = landed(folder, text.getvalue(), delimiter)
    assert found == [(*(value or None for value in row), number) for number, row in enumerate(rows, start=1)]


def test_both_readers_say_the_same(exports: Exports, monkeypatch: pytest.MonkeyPatch) -> None:
    text = 'a,b\n1, x \n"2" ,"y"\n3, "z"\n\n4,"q""uo\n, te"\n,\n5,z\n'
    fast = landed(exports.folder / "1", text, ",")
    monkeypatch.setattr(TextReader, "read_fast", lambda *arguments: None)
    exact = landed(exports.folder / "2", text, ",")
    assert fast == exact


def landed(folder: Path, text: str, delimiter: str) -> list[tuple[object, ...]]:
    """The rows of the archive with their record numbers, of a file read with this delimiter."""
    folder.mkdir(exist_ok=True)
    path = folder / "any.csv"
    path.write_bytes(text.encode())
    with duckdb.connect() as connection:
        archive = Archive(folder / "archive", connection)
        table = archive.table(path, "any.csv", ReadOptions(delimiter=delimiter))
        number = "_export_record" if table.numbered else "file_row_number + 1"
        columns = ", ".join(f'"{name}"' for name in table.columns)
        return connection.execute(
            f"select {columns}, {number} from read_parquet('{archive.parquet(table)}', file_row_number = true) order by {number}"
        ).fetchall()


def test_record_numbers_are_in_file_order_in_a_file_read_by_several_threads(tmp_path: Path) -> None:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["n", "a", "b"])
    writer.writerows(
        [n, "line\nbreak, and text" if n % 7 == 0 else "x" * 40, 'quo"te'] for n in range(1, 400_001)
    )
    path = tmp_path / "any.csv"
    path.write_bytes(text.getvalue().encode())
    with duckdb.connect() as connection:
        archive = Archive(tmp_path / "archive", connection)
        table = archive.table(path, "any.csv", ReadOptions())
        wrong = connection.execute(
            f"select count(*) filter (n::bigint != file_row_number + 1) from read_parquet('{archive.parquet(table)}', file_row_number = true)"
        ).fetchone()
    assert (table.rows, table.numbered, wrong) == (400_000, False, (0,))


def test_records_in_agrees_with_an_independent_count(exports: Exports) -> None:
    text = "Id,Name\n" + "".join(f'{n},"a\n{n}"\n' if n % 3 else f"{n},b\n" for n in range(5000))
    exports.write(FILE, text)
    report = exports.land()
    assert report.files[0].rows_in == sum(1 for _ in csv.reader(io.StringIO(text))) - 1


def test_a_file_that_is_no_parquet_stops_the_run(exports: Exports) -> None:
    exports.write("salesforce/User.parquet", b"PAR1 no")
    error = exports.error()
    assert isinstance(error, ExportError)
    assert "is not a readable Parquet file" in str(error)


@pytest.mark.slow
@given(st.data())
@settings(max_examples=400, deadline=None)
def test_a_damaged_file_is_accounted_for_or_stops_the_run(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    from orchestration.errors import KpiWarehouseError

    whole = b"Id,Name,Note\n" + b"".join(b'%d,"na,me %d",say ""x""\n' % (n, n) for n in range(40))
    damaged = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 5))):
        kind = data.draw(st.sampled_from(["flip", "cut", "remove", "insert"]))
        at = data.draw(st.integers(0, max(len(damaged) - 1, 0)))
        if kind == "flip" and damaged:
            damaged[at] = data.draw(st.integers(0, 255))
        elif kind == "cut":
            del damaged[at:]
        elif kind == "remove":
            del damaged[at : at + data.draw(st.integers(1, 40))]
        else:
            damaged[at:at] = data.draw(
                st.sampled_from([b'"', b"\n", b"\r", b"\r\n", b",", b"\0", b'""', b"\n\n", b' "'])
            )
    path = tmp_path_factory.mktemp("damaged") / "any.csv"
    path.write_bytes(bytes(damaged))
    with duckdb.connect() as connection:
        try:
            table = Archive(path.parent / "archive", connection).table(path, "any.csv", ReadOptions())
        except KpiWarehouseError:
            return
    lines = bytes(damaged).decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    physical = len(lines) - (1 if lines[-1] == "" else 0)
    # a quoted line break joins lines, nothing else may make fewer records than lines
    assert table.records_in <= physical
    quotes = bytes(damaged).count(b'"')
    if quotes == 0 and table.header:
        assert table.records_in == physical - 1
    for bad in table.rejected:
        assert lines[bad.line - 1].startswith(bad.text.split("\n")[0].split("\r")[0])


PIECES = [
    '"',
    '""',
    ",",
    "\n",
    "\r\n",
    "\r",
    " ",
    "a",
    '" ',
    ' "',
    "\n\n",
    'x"y',
    '"q, z"',
    '"l\nm"',
    "\t",
    "\0",
    "ü",
]


@pytest.mark.slow
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=1500, deadline=None)
def test_whatever_duckdb_reads_alone_the_exact_reader_reads_the_same(
    tmp_path_factory: pytest.TempPathFactory, body: str
) -> None:
    path = tmp_path_factory.mktemp("both") / "any.csv"
    path.write_bytes(f"a,b,c\n{body}".encode())
    with duckdb.connect() as connection:
        reader = TextReader(connection, path.parent)
        header = ["a", "b", "c"]
        told = ArchivedTable("", "", 0, header, header, 0)
        fast = reader.read_fast(path, "any.csv", ",", told, path.parent / "fast.parquet")
        if fast is None:
            return
        exact = reader.read_exactly(path, "any.csv", ",", 0, told, path.parent / "exact.parquet")
        rows = [
            connection.execute(f"select a, b, c from '{path.parent}/{name}.parquet'").fetchall()
            for name in ("fast", "exact")
        ]
    assert rows[0] == rows[1]
    assert fast.records_in == exact.records_in
