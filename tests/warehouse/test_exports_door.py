"""A company's own exports, from files nobody here has made to fit, through exports.yml to the published tables."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from orchestration.errors import CheckFailed
from tests.conftest import Warehouse, contents, refreshed, write_exports
from tests.warehouse.compiled_warehouse import CompiledWarehouse, headers_only

MAPPING = """\
version: 1
vars: {reporting_currency: CHF, reporting_time_zone: America/New_York}
defaults: {dates: "%d.%m.%Y", decimal: ",", thousands: "'"}
objects:
  opportunity:
    files: "verkauf_*.csv"
    columns:
      opportunity_id: Nr
      owner_id: Verkäufer
      account_id: {lookup: account, column: Kunde, by: account_name}
      product_id: {column: Produkt, map: {WidgetPro: Widget Pro}}
      stage: Phase
      outcome: {column: Phase, map: {Gewonnen: won, Verloren: lost}, otherwise: open}
      amount: Wert
      created_at: Angelegt
      closed_at: Abgeschlossen
      loss_reason: Grund
  account:
    files: "kunden.csv"
    columns: {account_id: Kundennr, account_name: Name, segment: Branche}
  product:
    files: "verkauf_*.csv"
    one_row_per: product_id
    columns: {product_id: {column: Produkt, map: {WidgetPro: Widget Pro}}, product_family: {constant: Widgets}}
"""
FILES = {
    "verkauf_nord.csv": (
        "Nr;Verkäufer;Kunde;Produkt;Phase;Angelegt;Abgeschlossen;Wert;Grund\n"
        "001;Jürg;Müller AG;WidgetPro;Gewonnen;01.01.2024;31.01.2024;1'000,50;\n"
        "002;Jürg;Müller AG;Widget Pro;Gewonnen;01.01.2024;10.02.2024;2'000,00;\n"
        "003;Jürg;Unbekannt;Widget;Verloren;01.01.2024;15.01.2024;500,00;Preis\n"
        "004;Ana;;Widget;Gespräch;;;;\n"
        "005;Ana;Weiß; Söhne;too;many;fields;in;this;line\n"
    ),
    "verkauf_sued.csv": (
        "Nr;Verkäufer;Kunde;Produkt;Phase;Angelegt;Abgeschlossen;Wert;Grund\n"
        ";Ana;Müller AG;Widget;Gewonnen;01.03.2024;02.03.2024;10,00;\n"
        '006;Ana;"Weiß; Söhne";Widget;Gewonnen;10.03.2024;11.03.2024;viel;\n'
        "007;Ana;Müller AG;Widget;Verloren;31.02.2024;02.03.2024;10,00;Preis\n"
    ),
    "kunden.csv": "Kundennr;Name;Branche\nK1;Müller AG;Bau\nK2;Weiß; Söhne\n",
}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    folder = tmp_path_factory.mktemp("own")
    files = dict(FILES, **{"kunden.csv": 'Kundennr;Name;Branche\nK1;Müller AG;Bau\nK2;"Weiß; Söhne";\n'})
    return refreshed(folder, write_exports(folder / "exports", MAPPING, files))


def test_every_line_of_every_file_is_in_the_tables_or_in_the_rejected_rows(company: Warehouse) -> None:
    books = {
        (obj, file): counts
        for obj, file, *counts in company.rows(
            "select object, export_file, rows_in, rows_staged, rows_rejected, rows_skipped, difference"
            " from quality.export_reconciliation where source_system = 'generic'"
        )
    }
    assert books["opportunity", "verkauf_nord.csv"] == [5, 4, 1, 0, 0]
    assert books["opportunity", "verkauf_sued.csv"] == [3, 2, 1, 0, 0]
    assert books["account", "kunden.csv"] == [2, 2, 0, 0, 0]
    assert all(counts[-1] == 0 for counts in books.values())


def test_a_rejected_row_tells_its_file_and_its_reason(company: Warehouse) -> None:
    rejected = company.rows(
        'select export_file, export_record, "column", reason from quality.rejected_rows'
        " where object = 'opportunity' order by export_file"
    )
    assert len(rejected) == 2
    (malformed, keyless) = rejected
    assert malformed[0] == "verkauf_nord.csv"
    assert malformed[3].startswith("line 6:")
    assert keyless == ("verkauf_sued.csv", 1, "opportunity_id", "required value is missing")


def test_a_value_that_does_not_fit_is_listed_as_it_was_written(company: Warehouse) -> None:
    assert set(
        company.rows('select export_file, export_record, "column", reason from quality.rejected_values')
    ) == {
        ("verkauf_sued.csv", 2, "amount", '"viel" is no decimal'),
        ("verkauf_sued.csv", 3, "created_at", '"31.02.2024" is no timestamp'),
    }


def test_won_lost_and_open_deals_are_counted_with_and_without_dates(company: Warehouse) -> None:
    query = (
        "select won_count, lost_count, n from sales.kpi_win_rate"
        " where scope_kind = 'all' and period_kind = 'all' and basis = ?"
    )
    assert company.one(query, ["created"]) == (3, 2, 6)
    assert company.one(query, ["closed"]) == (3, 2, 5)
    january = "select n from sales.kpi_win_rate where scope_kind = 'all' and period_month = '2024-01-01' and basis = 'created'"
    assert company.one(january) == (3,)


def test_european_numbers_and_dates_arrive_and_no_day_shifts_west_of_greenwich(company: Warehouse) -> None:
    assert company.one(
        "select amount, amount_base, currency, created_on::varchar, closed_on::varchar, cycle_from_created_days"
        " from sales.fct_opportunity where opportunity_id = '001'"
    ) == (Decimal("1000.5000"), Decimal("1000.5000"), "CHF", "2024-01-01", "2024-01-31", 30)


def test_names_lead_to_keys_and_unknown_names_stay_as_written(company: Warehouse) -> None:
    found = dict(company.rows("select opportunity_id, account_id from sales.fct_opportunity"))
    assert found == {"001": "K1", "002": "K1", "003": "Unbekannt", "004": None, "006": "K2", "007": "K1"}


def test_a_value_map_brings_two_spellings_of_a_product_together(company: Warehouse) -> None:
    assert set(company.rows("select product_id, is_product_listed, product_family from sales.fct_opportunity")) == {
        ("Widget Pro", True, "Widgets"), ("Widget", True, "Widgets"),
    }  # fmt: skip


def test_without_orders_the_won_deals_are_the_revenue_and_say_so(company: Warehouse) -> None:
    assert set(company.rows("select order_id, customer_id, revenue_source from customers.fct_order")) == {
        ("001", "K1", "won opportunity"), ("002", "K1", "won opportunity"), ("006", "K2", "won opportunity"),
    }  # fmt: skip


def test_objects_that_were_not_exported_are_empty_and_not_broken(company: Warehouse) -> None:
    for table in (
        "marketing.kpi_roas",
        "marketing.fct_touchpoint",
        "sales.fct_lead",
        "customers.fct_customer_cost",
        "service.fct_request",
        "service.fct_quote",
        "service.fct_survey",
    ):
        assert company.one(f"select count(*) from {table}") == (0,), table


def test_as_of_is_the_last_thing_that_happened_in_the_exports(company: Warehouse) -> None:
    assert "As of      2024-03-11" in company.summary


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The message of a refresh that two wrong files stop, and its folder."""
    mapping = """\
version: 1
objects:
  opportunity:
    files: "deals.csv"
    columns: {opportunity_id: id, amount: value, currency: cur, outcome: result, created_at: created, closed_at: closed}
"""
    files = {
        "deals.csv": (
            "id,value,cur,result,created,closed\n"
            "a,100,EUR,won,2024-01-10,2024-02-01\n"
            "b,100,XAU,won,2024-01-11,2024-02-01\n"
        ),
        "generic/order.csv": "order_id,customer_id,ordered_at,amount\n1,c,yesterday,5\n2,c,today,6\n",
    }
    folder = tmp_path_factory.mktemp("stopped")
    with pytest.raises(CheckFailed) as error:
        refreshed(folder, write_exports(folder / "exports", mapping, files))
    return str(error.value), folder


def test_a_missing_exchange_rate_stops_the_refresh_and_names_currency_day_file_and_record(
    stopped: tuple[str, Path],
) -> None:
    message, folder = stopped
    for part in ("sales.fct_opportunity", "XAU", "2024-01-11", "deals.csv"):
        assert part in message
    assert not (folder / "published" / "current").exists()


def test_a_file_of_which_nothing_can_be_used_stops_the_refresh(stopped: tuple[str, Path]) -> None:
    message, _ = stopped
    for part in ("Every record of the file was rejected", "generic/order.csv"):
        assert part in message


def test_the_bare_build_never_loads_the_sample_over_landed_exports(
    company: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dbt.cli.main import dbtRunner

    from orchestration.dbt_project import close_connections
    from tests.conftest import ROOT

    monkeypatch.setenv("KPI_BUILD_DIR", str(company.paths.build_dir))
    monkeypatch.chdir(ROOT)
    outcome = dbtRunner().invoke([
        "seed", "--target-path", str(company.paths.target_dir), "--profiles-dir", str(ROOT), "--log-level", "none",
        "--log-level-file", "none",
    ])  # fmt: skip
    close_connections()
    assert outcome.success
    with company.build() as connection:
        assert connection.execute("select count(*) from raw.salesforce__opportunity").fetchall() == [(0,)]
        assert connection.execute("select count(*) from raw.generic__opportunity").fetchall() == [(7,)]


@pytest.mark.slow
def test_the_same_exports_give_the_same_tables(
    company: Warehouse, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = refreshed(tmp_path_factory.mktemp("again"), company.paths.exports_dir)
    assert contents(again) == contents(company)


def test_a_company_with_nothing_but_headers_has_every_table_and_its_headline_rows(sample: Warehouse) -> None:
    """A source system without a record; the reference tables keep what the project ships."""
    compiled = CompiledWarehouse(sample)
    with TemporaryDirectory() as folder, compiled.built(headers_only(compiled, Path(folder))) as warehouse:
        assert compiled.failures(warehouse) == {}
        headlines = 0
        for relation, node in compiled.published():
            keys = [name for name in ("period_kind", "scope_kind", "scope_id") if name in node["columns"]]
            if node["name"].startswith("kpi_") and keys == ["period_kind", "scope_kind", "scope_id"]:
                rows = warehouse.execute(
                    f"select distinct period_kind, scope_kind, scope_id from {relation}"
                ).fetchall()
                headlines += ("all", "all", "all") in rows
                # the groups of channels and the actions on the web are always there, as `all` is
                assert {period for period, _, _ in rows} <= {"all"}, relation
                assert {kind for _, kind, _ in rows} <= {"all", "channel_group", "action"}, relation
        assert headlines >= 5
        rates = "select distinct n, win_rate, win_rate_low from sales.kpi_win_rate"
        assert warehouse.execute(rates).fetchall() == [(0, None, None)]
