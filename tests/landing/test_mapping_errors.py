"""A wrong exports.yml stops the run with line, file, column, what was found and what to change."""

from __future__ import annotations

import pytest

from orchestration.errors import MappingError
from tests.landing.exports_folder import Exports

HEAD = "version: 1\nobjects:\n"
DEAL = "  opportunity:\n    files: deals.csv\n    columns:\n      opportunity_id: id\n"


def message(exports: Exports, config: str, csv_text: str = "id,Close Value,stage\n1,5,Won\n") -> str:
    """The text of the MappingError."""
    exports.write("deals.csv", csv_text)
    exports.write("exports.yml", config)
    error = exports.error()
    assert isinstance(error, MappingError)
    return str(error)


@pytest.mark.parametrize(
    ("config", "line", "parts"),
    [
        ("version: 1\nobject:\n  x: 1\n", 2, ["`object`", 'Did you mean "objects"?', "objects"]),
        ("version: 2\nobjects: {}\n", 1, ["version: 1", "`2`"]),
        (HEAD + "  oportunity: {files: deals.csv}\n", 3, ["`oportunity`", '"opportunity"', "salesforce.user"]),
        (HEAD + "  salesforce.lead: {files: deals.csv}\n", 3, ["`salesforce.lead`", "Known are"]),
        (HEAD + DEAL + "      amont: Close Value\n", 7, ["no column `amont`", '"amount"', "currency"]),
        (HEAD + DEAL + "      amount: close_value2\n", 7, ['no column "close_value2"', '"Close Value"', "deals.csv", "stage"]),
        (HEAD + "  opportunity:\n    files: pipeline*.csv\n    columns: {opportunity_id: id}\n", 4, ["`pipeline*.csv`", "deals.csv"]),
        (HEAD + "  opportunity:\n    files: deals.csv\n    columns: {amount: Close Value}\n", 3, ["needs `opportunity_id`", "deals.csv", "id"]),
        (HEAD + DEAL + "    file: x\n", 7, ["`file`", '"files"']),
        (HEAD + "  opportunity:\n    columns: {opportunity_id: id}\n", 3, ["no `files:`"]),
        (HEAD + "  opportunity: deals.csv\n", 3, ["needs `files:` and `columns:`"]),
        (HEAD + DEAL + "      amount: [a, b]\n", 7, ["is a list", "first_of", "concat"]),
        (HEAD + DEAL + "      amount: {column: id, constant: 5}\n", 7, ["exactly one of", "column and constant"]),
        (HEAD + DEAL + "      amount: {colum: id}\n", 7, ["`colum`", '"column"']),
        (HEAD + DEAL + "      amount: {column: id, otherwise: 5}\n", 7, ["there is no `map`"]),
        (HEAD + DEAL + "      amount: {column: id, decimal: comma}\n", 7, ["`decimal` is one character", "comma"]),
        (HEAD + DEAL + "      amount: {column: id, thousands: '.'}\n", 7, ["must differ"]),
        (HEAD + DEAL + "      created_at: {column: id, format: dd/mm/yyyy}\n", 7, ["dd/mm/yyyy", "%d/%m/%Y"]),
        (HEAD + DEAL + "      created_at: {column: id, format: '%Q'}\n", 7, ["%Q"]),
        (HEAD + DEAL + "      created_at: {column: id, time_zone: Istanbul}\n", 7, ["Istanbul", "Europe/Istanbul"]),
        (HEAD + DEAL + "      account_id: {column: id, lookup: account}\n", 7, ["`by:`"]),
        (HEAD + DEAL + "      account_id: {column: id, lookup: acount, by: account_name}\n", 7, ["`acount`", '"account"']),
        (HEAD + DEAL + "      account_id: {column: id, lookup: account, by: name}\n", 7, ["no column `name`", "account_name"]),
        (HEAD + DEAL + "      account_id: {column: id, lookup: account, by: account_name}\n", 7, ["there is no file", "`account_id: id`"]),
        (HEAD + DEAL + "    one_row_per: id\n", 7, ["`one_row_per`", "opportunity_id"]),
        (HEAD + DEAL + "    only_rows: {typ: [x]}\n", 7, ['no column "typ"', "stage"]),
        (HEAD + DEAL + "    columns_by_name: maybe\n", 7, ["true or false", "`maybe`"]),
        (HEAD + DEAL + "    delimiter: ';;'\n", 7, ["`delimiter` is one character"]),
        (HEAD + DEAL + "    encoding: latin99\n", 7, ["latin99", "cp1252"]),
        (HEAD + DEAL + "    skip_lines: three\n", 7, ["`skip_lines`", "`three`"]),
        (HEAD + DEAL + "      outcome: {column: stage, map: {Lost: lost}, otherwise: error}\n", 7, ['"Won" (1 row)', "otherwise: error"]),
        (HEAD + DEAL + "  opportunity: {files: x}\n", 7, ["`opportunity` is given twice"]),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_its_cure(
    exports: Exports, config: str, line: int, parts: list[str]
) -> None:
    text = message(exports, config)
    for part in [f"exports.yml line {line}: ", *parts]:
        assert part in text


@pytest.mark.parametrize(
    "config",
    [
        "version: 1\nobjects:\n  a: [1\n",
        "version: 1\nobjects:\n\tx: 1\n",
        "version: 1\nignore: *.bak\n",
        "- a\n- b\n",
    ],
)
def test_yaml_that_cannot_be_read_is_named_with_its_line(exports: Exports, config: str) -> None:
    assert message(exports, config).startswith("exports.yml line ")


def test_version_is_asked_for(exports: Exports) -> None:
    assert "`version: 1` is missing" in message(exports, "objects: {}\n")


def test_all_mistakes_are_told_at_once(exports: Exports) -> None:
    text = message(exports, HEAD + DEAL + "      amont: x\n      stagee: y\n  acount: {files: a}\n")
    assert "exports.yml has 4 problems:" in text
    for line in (7, 8, 9):
        assert f"- exports.yml line {line}: " in text


def test_outcomes_outside_the_accepted_ones_are_listed_with_counts_and_a_map(exports: Exports) -> None:
    text = message(
        exports,
        HEAD + DEAL + "      outcome: stage\n",
        "id,stage\n1,Closed Won\n2,Closed Won\n3,Lost!\n4,Demo\n5,won\n",
    )
    assert '"Closed Won" (2 rows), "Demo" (1 row), "Lost!" (1 row)' in text
    assert 'outcome: {column: stage, map: {"Closed Won": won, "Demo": open, "Lost!": lost}}' in text


@pytest.mark.parametrize(
    ("target", "written", "proposal"),
    [
        ("created_at", ["31/12/2024", "01/02/2024"], 'format: "%d/%m/%Y"'),
        ("created_at", ["12/31/2024", "01/02/2024"], 'format: "%m/%d/%Y"'),
        ("created_at", ["12/31/24", "01/02/24"], 'format: "%m/%d/%y"'),
        ("created_at", ["31.12.2024 09:30", "1.2.2024 17:05"], 'format: "%d.%m.%Y %H:%M"'),
        ("created_at", ["2024年12月31日", "2024年1月2日"], 'format: "%Y年%m月%d日"'),
        ("created_at", ["1709287200123", "1709287200500"], "format: unix_ms"),
        ("created_at", ["1709287200123456", "1709287200500250"], "format: unix_us"),
        ("expected_close_on", ["5 Mar 2024", "6 Apr 2024"], 'format: "%d %b %Y"'),
        ("amount", ["1,234.50", "2,000.00"], 'thousands: ","'),
        ("amount", ["1.234,50", "2.000,00"], 'decimal: ",", thousands: "."'),
        ("amount", ["12,50", "7,25"], 'decimal: ","'),
        ("amount", ["$1,234.50", "$20"], 'thousands: ",", remove: ["$"]'),
        ("amount", ["€5", "€20"], 'remove: ["€"]'),
    ],
)
def test_a_typed_column_that_does_not_fit_comes_with_the_format_that_fits(
    exports: Exports, target: str, written: list[str], proposal: str
) -> None:
    rows = "".join(f'{n},"{value}"\n' for n, value in enumerate(written))
    text = message(exports, HEAD + DEAL + f"      {target}: x\n", "id,x\n" + rows)
    assert f"2 of 2 values of generic.opportunity.{target} in deals.csv" in text
    assert f"All values fit `{proposal}`" in text
    assert f"`{target}: {{column: x, {proposal}}}`" in text


def test_two_formats_that_fit_are_asked_about(exports: Exports) -> None:
    text = message(exports, HEAD + DEAL + "      created_at: x\n", "id,x\n1,01/02/2024\n2,03/04/2024\n")
    assert '`format: "%d/%m/%Y"` or `format: "%m/%d/%Y"`' in text
    assert "Ask whoever made the export" in text


def test_a_comma_before_three_digits_everywhere_is_asked_about(exports: Exports) -> None:
    text = message(exports, HEAD + DEAL + "      amount: x\n", 'id,x\n1,"1,234"\n2,"20,500"\n')
    assert '`decimal: ","` or `thousands: ","`' in text
    assert "Ask whoever made the export" in text


def test_a_typed_column_of_words_is_taken_for_the_wrong_column(exports: Exports) -> None:
    rows = "".join(f"{n},word{n}\n" for n in range(30))
    assert "is it the right column?" in message(exports, HEAD + DEAL + "      amount: x\n", "id,x\n" + rows)


def test_a_native_export_with_local_dates_says_how_to_map_it(exports: Exports) -> None:
    exports.write("salesforce/Opportunity.csv", "Id,CreatedDate\n1,31.12.2024\n2,01.02.2024\n")
    text = str(exports.error())
    assert 'All values fit `format: "%d.%m.%Y"`' in text
    assert "salesforce.opportunity:" in text and "files: 'salesforce/Opportunity.csv'" in text


def test_a_duplicate_source_column_is_not_guessed(exports: Exports) -> None:
    text = message(exports, HEAD + DEAL + "      stage: s\n", "id,s,s\n1,a,b\n")
    assert 'has the column "s" 2 times' in text


def test_lookups_cannot_chain(exports: Exports) -> None:
    exports.write("accounts.csv", "k,n,o\n1,Acme,Ann\n")
    text = message(
        exports,
        HEAD
        + "  account:\n    files: accounts.csv\n    columns:\n      account_id: {lookup: rep, column: k, by: rep_name}\n      account_name: n\n"
        + "  rep: {files: accounts.csv, columns: {rep_id: o, rep_name: o}}\n"
        + DEAL
        + "      account_id: {lookup: account, column: stage, by: account_name}\n",
    )
    assert "itself looked up" in text


def test_a_spreadsheet_in_a_pattern_is_refused_with_the_remedy(exports: Exports) -> None:
    exports.write("deals.xlsx", b"x")
    assert "Save it as CSV UTF-8" in message(exports, HEAD + DEAL.replace("deals.csv", "deals.xlsx"))
