"""exports.yml maps any export: each rule of it does what the reference says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.landing import LandingReport, read_exports_config
from tests.landing.exports_folder import Exports

Mapped = Callable[[str, str], LandingReport]
OPPORTUNITY = "  opportunity:\n    files: deals.csv\n    columns:\n      opportunity_id: id\n"


def values(exports: Exports, column: str) -> list[object]:
    """One column of the landed deals in the order of their records."""
    return exports.column(
        f"select {column} from raw.generic__opportunity order by _export_file, _export_record"
    )


def test_columns_are_renamed_and_the_rest_is_reported(exports: Exports, mapped: Mapped) -> None:
    report = mapped("id,Deal Name,stage,x\n1,a,Won,y\n", OPPORTUNITY + "      opportunity_name: deal name\n")
    assert exports.rows(
        "select opportunity_id, opportunity_name, stage, account_id from raw.generic__opportunity"
    ) == [("1", "a", "Won", None)]
    file = report.files[0]
    assert (file.columns_by_name, file.columns_not_used, file.mapping_line) == (("stage",), ("x",), 3)


def test_a_file_without_keys_is_numbered_so_that_equal_rows_stay_two(
    exports: Exports, mapped: Mapped
) -> None:
    deals = (
        "  opportunity:\n    files: deals.csv\n    columns: {opportunity_id: {record: true}, stage: stage}\n"
    )
    report = mapped("stage,amount\nWon,5\nbroken\nWon,5\n", deals)
    assert values(exports, "opportunity_id") == ["deals.csv#1", "deals.csv#3"]
    assert report.files[0].rows_malformed == 1


def test_record_is_true_or_not_there(exports: Exports) -> None:
    exports.write("deals.csv", "stage\nWon\n")
    exports.write(
        "exports.yml",
        "version: 1\nobjects:\n  opportunity:\n    files: deals.csv\n    columns:\n      opportunity_id: {record: no}\n",
    )
    assert "exports.yml line 6: `record` in `columns.opportunity_id` can only be `true`." in str(
        exports.error()
    )


def test_columns_by_name_can_be_switched_off(exports: Exports, mapped: Mapped) -> None:
    mapped("id,stage\n1,Won\n", OPPORTUNITY + "    columns_by_name: false\n")
    assert values(exports, "stage") == [None]


def test_a_column_can_be_left_empty_on_purpose(exports: Exports, mapped: Mapped) -> None:
    mapped("id,stage\n1,Won\n", OPPORTUNITY + "      stage: null\n")
    assert values(exports, "stage") == [None]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("{constant: USD}", ["USD", "USD", "USD", "USD"]),
        ("{concat: [a, b], separator: ' - '}", ["x - y", "y", "x", None]),
        ("{concat: [a, b]}", ["x y", "y", "x", None]),
        ("{first_of: [a, b]}", ["x", "y", "x", None]),
        ("{column: a, map: {x: z}}", ["z", None, "z", None]),
        ("{first_of: [b, a], map: {X: z}, otherwise: null}", [None, None, "z", None]),
        ("{first_of: [b, a], map: {X: z}, otherwise: other}", ["other", "other", "z", None]),
        ("{first_of: [a, b], map: {'': none, y: No}}", ["x", "No", "x", "none"]),
        ("{column: c, optional: true}", [None, None, None, None]),
        (
            "{first_of: [{column: b, filled: B}, {column: a, filled: A}, {constant: none}]}",
            ["B", "B", "A", "none"],
        ),
        ("{first_of: [{column: a, map: {x: z}}, b]}", ["z", "y", "z", None]),
    ],
)
def test_a_value_is_made_from_columns(
    exports: Exports, mapped: Mapped, rule: str, expected: list[str | None]
) -> None:
    mapped("id,a,b\n1,x,y\n2,,y\n3,x,\n4,,\n", OPPORTUNITY + f"      opportunity_name: {rule}\n")
    assert values(exports, "opportunity_name") == expected


def test_each_column_of_a_list_may_have_its_own_format(exports: Exports, mapped: Mapped) -> None:
    rule = '{first_of: [{column: a, format: "%d/%m/%Y"}, {column: b, format: "%d.%m.%Y"}]}'
    mapped("id,a,b\n1,31/12/2024,\n2,,1.2.2024\n", OPPORTUNITY + f"      closed_at: {rule}\n")
    assert values(exports, "closed_at") == ["2024-12-31", "2024-02-01"]


def test_a_day_and_a_time_in_two_columns_become_one_moment(exports: Exports, mapped: Mapped) -> None:
    rule = '{concat: [a, b], format: "%d/%m/%Y %H:%M"}'
    mapped("id,a,b\n1,31/12/2024,09:30\n", OPPORTUNITY + f"      closed_at: {rule}\n")
    assert values(exports, "closed_at") == ["2024-12-31T09:30:00.000000Z"]


def test_a_map_prefers_the_exact_value_and_then_ignores_case_and_spaces(
    exports: Exports, mapped: Mapped
) -> None:
    rule = "{column: a, map: {a: lower, A: upper, Won: won}}"
    mapped("id,a\n1,a\n2,A\n3, won \n4,other\n", OPPORTUNITY + f"      opportunity_name: {rule}\n")
    assert values(exports, "opportunity_name") == ["lower", "upper", "won", "other"]


def test_null_values_are_empty_in_every_rule(exports: Exports, mapped: Mapped) -> None:
    extra = '      opportunity_name: {first_of: [a, b]}\n    null_values: ["", NULL, "N/A", "-"]\n'
    mapped("id,a,b\n1,NULL,y\n2,n/a,-\n3,no,y\n", OPPORTUNITY + extra)
    assert values(exports, "opportunity_name") == ["y", None, "no"]


@pytest.mark.parametrize(
    ("options", "written", "expected"),
    [
        ('format: "%d/%m/%Y"', "31/12/2024", "2024-12-31"),
        ('format: "%d/%m/%Y"', "1/2/2024", "2024-02-01"),
        ('format: "%d/%m/%Y"', "2024-02-01", "2024-02-01"),
        ('format: "%d/%m/%Y"', "1/2/24", "1/2/24"),
        ('format: "%d/%m/%y"', "1/2/24", "2024-02-01"),
        ('format: "%d/%m/%Y"', "31/02/2024", "31/02/2024"),
        ('format: ["%d/%m/%Y", "%d.%m.%Y"]', "1.2.2024", "2024-02-01"),
        ('format: "%d/%m/%Y %H:%M"', "1/2/2024 09:30", "2024-02-01T09:30:00.000000Z"),
        (
            'format: "%d/%m/%Y %H:%M", time_zone: Europe/Istanbul',
            "1/2/2024 09:30",
            "2024-02-01T06:30:00.000000Z",
        ),
        ('format: "%d/%m/%Y", time_zone: Europe/Istanbul', "1/2/2024", "2024-02-01"),
        ("time_zone: America/New_York", "2024-07-01 20:00:00", "2024-07-02T00:00:00.000000Z"),
        ("time_zone: America/New_York", "2024-07-01T20:00:00Z", "2024-07-01T20:00:00Z"),
        ("time_zone: America/New_York", "2024-07-01", "2024-07-01"),
        ('format: "%Y-%m-%d %H:%M %z"', "2024-07-01 20:00 +0200", "2024-07-01T18:00:00.000000Z"),
        ("format: unix", "1709287200", "2024-03-01T10:00:00.000000Z"),
        ("format: unix_ms", "1709287200500", "2024-03-01T10:00:00.500000Z"),
        ("format: unix_us", "1709287200500250", "2024-03-01T10:00:00.500250Z"),
    ],
)
def test_times_are_rewritten_as_utc_and_days_stay_days(
    exports: Exports, mapped: Mapped, options: str, written: str, expected: str
) -> None:
    mapped(
        f"id,t\n1,{written}\n2,2024-01-01\n3,2024-01-01\n",
        OPPORTUNITY + f"      created_at: {{column: t, {options}}}\n",
    )
    assert values(exports, "created_at")[0] == expected


@pytest.mark.parametrize(
    ("options", "written", "expected"),
    [
        ('format: "%d/%m/%Y %H:%M", time_zone: Asia/Tokyo', "1/2/2024 03:00", "2024-02-01"),
        ('format: "%d/%m/%Y"', "1/2/2024", "2024-02-01"),
        ("time_zone: Asia/Tokyo", "2024-02-01T03:00:00", "2024-02-01T03:00:00"),
    ],
)
def test_a_date_never_shifts_through_utc(
    exports: Exports, mapped: Mapped, options: str, written: str, expected: str
) -> None:
    mapped(
        f"id,t\n1,{written}\n2,2024-01-01\n",
        OPPORTUNITY + f"      expected_close_on: {{column: t, {options}}}\n",
    )
    assert values(exports, "expected_close_on")[0] == expected


@pytest.mark.parametrize(
    ("options", "written", "expected"),
    [
        ('decimal: ",", thousands: "."', "1.234.567,80", "1234567.80"),
        ('decimal: ",", thousands: "."', "-12,5", "-12.5"),
        ('decimal: ",", thousands: "."', "12.5", "12.5"),
        ('decimal: ","', "1234,5", "1234.5"),
        ('thousands: ","', "1,234.50", "1234.50"),
        ('thousands: ","', "12,34", "12,34"),
        ("thousands: space, decimal: ','", "1\u202f234,5", "1234.5"),
        ('thousands: ",", remove: ["$", " USD"]', "$1,234.50 USD", "1234.50"),
        ('decimal: ",", thousands: "."', "many", "many"),
    ],
)
def test_numbers_are_rewritten_as_plain_decimals_or_stay_as_written(
    exports: Exports, mapped: Mapped, options: str, written: str, expected: str
) -> None:
    mapped(f'id,a\n1,"{written}"\n2,5\n3,6\n', OPPORTUNITY + f"      amount: {{column: a, {options}}}\n")
    assert values(exports, "amount")[0] == expected


def test_defaults_hold_for_all_mapped_files_and_a_block_may_say_otherwise(exports: Exports) -> None:
    exports.write("deals.csv", 'id,a,t\n1,"1.000,5",31/12/2024\n')
    exports.write("other.csv", "id;a;t\n2;1000.5;2024-12-31\n")
    exports.write(
        "exports.yml",
        'version: 1\ndefaults: {dates: "%d/%m/%Y", decimal: ",", thousands: "."}\nobjects:\n  opportunity:\n'
        "    - files: deals.csv\n      columns: {opportunity_id: id, amount: a, created_at: t}\n"
        "    - files: other.csv\n      decimal: '.'\n      thousands: null\n      columns: {opportunity_id: id, amount: a, created_at: t}\n",
    )
    exports.land()
    assert values(exports, "amount") == ["1000.5", "1000.5"]
    assert values(exports, "created_at") == ["2024-12-31", "2024-12-31"]


def test_a_lookup_takes_the_key_of_the_row_with_that_name_and_says_what_it_did_not_find(
    exports: Exports,
) -> None:
    exports.write("accounts.csv", "key,name\nA1,Acme\nA2,Twin\nA3,Twin\nA4,ACME Ltd\nA1,Acme\n")
    exports.write("deals.csv", "id,account\n1,Acme\n2,twin\n3, acme ltd \n4,Nobody\n5,\n")
    exports.write(
        "exports.yml",
        "version: 1\nobjects:\n  account: {files: accounts.csv, columns: {account_id: key, account_name: name}}\n"
        + OPPORTUNITY
        + "      account_id: {lookup: account, column: account, by: account_name}\n",
    )
    report = exports.land()
    assert values(exports, "account_id") == ["A1", "twin", "A4", "Nobody", None]
    assert [
        w for w in report.warnings if "2 values" in w and '"Nobody" (1 row)' in w and '"twin" (1 row)' in w
    ]


def test_one_row_per_lands_the_first_row_of_each_key_and_counts_the_others(
    exports: Exports, mapped: Mapped
) -> None:
    report = mapped(
        "id,customer\n1,Acme\n2,Beta\n3,Acme\n4,\n",
        "  account:\n    files: deals.csv\n    one_row_per: account_id\n    columns: {account_id: customer, account_name: customer}\n",
    )
    assert exports.rows("select account_id, _export_record from raw.generic__account order by 2") == [
        ("Acme", 1),
        ("Beta", 2),
    ]
    assert (report.files[0].rows_in, report.files[0].rows_landed, report.files[0].rows_skipped) == (4, 2, 2)


def test_only_rows_filters_and_counts(exports: Exports, mapped: Mapped) -> None:
    report = mapped(
        "id,type\n1,deal\n2,Ticket\n3,Deal\n4,\n", OPPORTUNITY + "    only_rows: {type: [deal]}\n"
    )
    assert values(exports, "opportunity_id") == ["1", "3"]
    assert (report.files[0].rows_landed, report.files[0].rows_skipped) == (2, 2)
    assert not report.warnings


def test_only_rows_that_leaves_nothing_of_an_object_is_a_warning(mapped: Mapped) -> None:
    report = mapped("id,type\n1,deal\n2,Ticket\n", OPPORTUNITY + "    only_rows: {type: [deals]}\n")
    assert any("all 2 records are skipped" in warning for warning in report.warnings)


def test_one_file_may_feed_several_objects_and_several_files_one_object(exports: Exports) -> None:
    exports.write("2024/deals_a.csv", "id,owner\n1,Ann\n")
    exports.write("2024/deals_b.csv", "id,owner\n2,Bob\n")
    exports.write(
        "exports.yml",
        "version: 1\nobjects:\n  opportunity:\n    files: [deals_*.csv]\n    columns: {opportunity_id: id, owner_id: owner}\n"
        "  rep:\n    files: 2024/deals_*.csv\n    one_row_per: rep_id\n    columns: {rep_id: owner, rep_name: owner}\n",
    )
    report = exports.land()
    assert values(exports, "opportunity_id") == ["1", "2"]
    assert exports.column("select rep_name from raw.generic__rep order by 1") == ["Ann", "Bob"]
    assert report.files_read == 2


def test_another_systems_contract_can_be_mapped(exports: Exports, mapped: Mapped) -> None:
    mapped(
        "id,made\n1,2024-01-01\n",
        "  salesforce.opportunity:\n    files: deals.csv\n    columns: {Id: id, CreatedDate: made}\n",
    )
    assert exports.column('select "Id" from raw.salesforce__opportunity') == ["1"]


def test_a_parquet_file_can_be_mapped(exports: Exports) -> None:
    import duckdb

    duckdb.execute(
        f"copy (select 7 as id, date '2024-01-02' as made, {{'a': 1}} as extra) to '{exports.folder}/deals.parquet' (format parquet)"
    )
    exports.write(
        "exports.yml",
        "version: 1\nobjects:\n  opportunity:\n    files: deals.parquet\n    columns: {opportunity_id: id, created_at: made, stage: extra}\n",
    )
    exports.land()
    assert exports.rows("select opportunity_id, created_at, stage from raw.generic__opportunity") == [
        ("7", "2024-01-02", '{"a":1}')
    ]


def test_a_file_named_like_a_mapped_object_is_not_lost_silently(exports: Exports, mapped: Mapped) -> None:
    exports.write("generic/opportunity.csv", "opportunity_id\n9\n")
    report = mapped("id\n1\n", OPPORTUNITY)
    assert [w for w in report.warnings if "generic/opportunity.csv was NOT landed" in w]


def test_vars_are_passed_on_with_their_types(exports: Exports) -> None:
    exports.write(
        "exports.yml", "version: 1\nvars: {reporting_currency: USD, fx_max_age_days: 3, as_of: 2024-05-01}\n"
    )
    assert read_exports_config(exports.folder).vars == {
        "reporting_currency": "USD",
        "fx_max_age_days": 3,
        "as_of": "2024-05-01",
    }


def test_without_a_file_the_configuration_is_empty(exports: Exports) -> None:
    config = read_exports_config(exports.folder)
    assert (config.present, config.vars, config.objects) == (False, {}, ())


def test_points_that_may_separate_thousands_are_asked_about(exports: Exports, mapped: Mapped) -> None:
    report = mapped("id,a\n1,1.250\n2,12.500\n3,3.000\n4,7\n", OPPORTUNITY + "      amount: a\n")
    assert [w for w in report.warnings if "exactly three digits after it" in w and "thousands" in w]


def test_a_few_values_that_do_not_fit_land_as_written_and_are_said(exports: Exports, mapped: Mapped) -> None:
    text = "id,a\n" + "".join(f"{n},{n}\n" for n in range(20)) + "21,unknown\n"
    report = mapped(text, OPPORTUNITY + "      amount: a\n")
    assert values(exports, "amount")[-1] == "unknown"
    assert [
        w for w in report.warnings if "1 of 21 values of generic.opportunity.amount" in w and '"unknown"' in w
    ]
