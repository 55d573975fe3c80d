"""What must hold for every company, tried over simulated ones: any seed, any size, any month to begin with."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simulator import SimulationSettings, simulate, write_exports
from tests.conftest import Warehouse
from tests.warehouse.compiled_warehouse import CompiledWarehouse
from tests.warehouse.exports_as_of import exports_as_of, newest_versions

pytestmark = pytest.mark.slow

ANY_COMPANY = st.builds(
    SimulationSettings,
    seed=st.integers(0, 2**31),
    scale=st.floats(0.05, 0.5),
    start=st.dates(date(2019, 1, 1), date(2024, 12, 31)).map(lambda day: day.replace(day=1)),
    months=st.integers(2, 26),
)
TRIED = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    # a smaller company would take minutes to find and tell no more than the rows that differ
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TRIED_IN_PAIRS = settings(TRIED, max_examples=4)
# What the books say of files, and what no export keeps a history of.
WITHOUT_HISTORY = {"export_reconciliation"}
# Facts of which each row is one record of an export.
RECORD_BY_RECORD = {
    "sales.fct_lead": ["salesforce__lead"],
    "sales.fct_opportunity": ["salesforce__opportunity"],
    "sales.fct_order_line": ["salesforce__opportunity_line_item"],
    "customers.fct_order": ["salesforce__order"],
    "customers.fct_customer_cost": ["generic__customer_cost"],
    "marketing.fct_ad_performance_daily": [
        "google_ads__ad_performance_daily",
        "meta_ads__ad_performance_daily",
    ],
}

Files = Mapping[str, Sequence[Path]]


@pytest.fixture(scope="module")
def compiled(sample: Warehouse) -> CompiledWarehouse:
    return CompiledWarehouse(sample)


@pytest.fixture
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def exports_of(company_settings: SimulationSettings, folder: Path) -> dict[str, list[Path]]:
    """The exports of a simulated company, by seed."""
    files = write_exports(simulate(company_settings), folder)
    return {file.stem: [file] for file in files}


@TRIED
@given(company=ANY_COMPANY)
def test_no_blocking_check_fails(compiled: CompiledWarehouse, company: SimulationSettings) -> None:
    """Grains, balances of the waterfalls, partner plus direct against all bookings, weights of attribution, accounting."""
    with TemporaryDirectory() as folder, compiled.built(exports_of(company, Path(folder))) as warehouse:
        assert compiled.failures(warehouse) == {}


@TRIED
@given(company=ANY_COMPANY)
def test_every_rate_lies_within_its_interval_and_between_nought_and_one(
    compiled: CompiledWarehouse, company: SimulationSettings
) -> None:
    faults, rates = [], 0
    with TemporaryDirectory() as folder, compiled.built(exports_of(company, Path(folder))) as warehouse:
        for relation, node in compiled.published():
            for low in node["columns"]:
                rate, high = low.removesuffix("_low"), low.removesuffix("_low") + "_high"
                if not (low.endswith("_rate_low") and rate in node["columns"]):
                    continue
                rates += 1
                (count,) = warehouse.execute(
                    f"select count(*) from {relation} where not coalesce("
                    f"{rate} between 0 and 1 and {rate} between {low} - 1e-12 and {high} + 1e-12"
                    f" and {low} between 0 and 1 and {high} between 0 and 1, {rate} is null and {low} is null and {high} is null)"
                ).fetchone()
                if count:
                    faults.append(f"{relation}.{rate}: {count} rows")
    assert not faults
    assert rates >= 20


@TRIED
@given(company=ANY_COMPANY)
def test_no_join_fans_out_or_loses_a_record(compiled: CompiledWarehouse, company: SimulationSettings) -> None:
    """Facts by export file = rows in - rejected - skipped - superseded - deleted, for facts whose rows are the records of one export."""
    with TemporaryDirectory() as folder, compiled.built(exports_of(company, Path(folder))) as warehouse:
        staged = dict(
            warehouse.execute(
                "select export_file, rows_in - rows_rejected - rows_skipped - rows_superseded - rows_deleted"
                " from quality.export_reconciliation"
            ).fetchall()
        )
        faults = []
        for relation, seeds in RECORD_BY_RECORD.items():
            told = dict(
                warehouse.execute(f"select _export_file, count(*) from {relation} group by all").fetchall()
            )
            for file in (f"{seed}.csv" for seed in seeds):
                if told.get(file, 0) != staged.get(file, 0):
                    faults.append(
                        f"{relation}: {told.get(file, 0)} rows of {file}, staged {staged.get(file, 0)}"
                    )
    assert not faults


def shuffled_and_split(file: Path, folder: Path, dice: random.Random) -> list[Path]:
    """The records of a file in another order, over one to three files."""
    text = file.read_text(encoding="utf-8")
    header, *records = records_of(text)
    dice.shuffle(records)
    parts = dice.randint(1, 3)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for part in range(parts):
        path = folder / f"{file.stem}_{part}.csv"
        path.write_text(header + "".join(records[part::parts]), encoding="utf-8")
        written.append(path)
    return written


def records_of(text: str) -> list[str]:
    """The records of a CSV with their line ends; a quoted field may hold a newline."""
    records, start, quoted = [], 0, False
    for place, letter in enumerate(text):
        if letter == '"':
            quoted = not quoted
        elif letter == "\n" and not quoted:
            records.append(text[start : place + 1])
            start = place + 1
    return records


@TRIED_IN_PAIRS
@given(company=ANY_COMPANY, order=st.integers(0, 2**31))
def test_the_order_of_records_and_their_files_change_nothing(
    compiled: CompiledWarehouse, company: SimulationSettings, order: int
) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        dice = random.Random(order)
        files = exports_of(company, folder / "one")
        with compiled.built(files) as warehouse:
            expected = compiled.fingerprints(warehouse, without_addresses=True)
        other = {
            seed: shuffled_and_split(paths[0], folder / "other", dice)
            for seed, paths in files.items()
            if not seed.startswith("reference__")
        }
        with compiled.built({**files, **other}) as warehouse:
            found = compiled.fingerprints(warehouse, without_addresses=True)
    # the books are kept by file
    for books in ("export_reconciliation",):
        expected.pop(books), found.pop(books)
    assert {table for table in expected if expected[table] != found[table]} == set()


@TRIED_IN_PAIRS
@given(company=ANY_COMPANY, share=st.floats(0.3, 1.0))
def test_a_check_fails_on_no_day_to_which_as_of_is_moved_back(
    compiled: CompiledWarehouse, company: SimulationSettings, share: float
) -> None:
    as_of = day_of(company, share)
    with (
        TemporaryDirectory() as folder,
        compiled.built(exports_of(company, Path(folder)), as_of) as warehouse,
    ):
        assert compiled.failures(warehouse) == {}


def day_of(company: SimulationSettings, share: float) -> date:
    """The day after this share of the simulated days."""
    months = company.start.year * 12 + company.start.month - 1 + company.months
    days = (date(months // 12, months % 12 + 1, 1) - company.start).days
    return company.start + timedelta(days=int((days - 1) * share))


@TRIED_IN_PAIRS
@given(company=ANY_COMPANY, share=st.floats(0.3, 1.0))
def test_moving_as_of_back_gives_what_that_day_would_have_given(
    compiled: CompiledWarehouse, company: SimulationSettings, share: float
) -> None:
    as_of = day_of(company, share)
    with TemporaryDirectory() as name:
        files = newest_versions(exports_of(company, Path(name) / "today"), Path(name) / "newest")
        with compiled.built(files, as_of) as warehouse:
            found = compiled.fingerprints(warehouse, without_addresses=True)
        then = exports_as_of(files, as_of, Path(name) / "then")
        with compiled.built(then, as_of) as warehouse:
            expected = compiled.fingerprints(warehouse, without_addresses=True)
    assert {table for table in expected if expected[table] != found[table]} - WITHOUT_HISTORY == set()
