"""The sample company, simulated once, and its exports as DuckDB views."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from simulator import Company, SimulationSettings, simulate, write_exports

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def company() -> Company:
    return simulate(SimulationSettings())


@pytest.fixture(scope="session")
def exports(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("exports")
    write_exports(company, directory)
    return directory


@pytest.fixture(scope="session")
def database(exports: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A table `<object>` for each CRM export as it is, and `live_<object>` with what counts.

    Live rows are the latest version of each key, without deleted ones. Ads are `google`, `meta`,
    the maps keep their names.
    """
    connection = duckdb.connect()
    for file in sorted(exports.glob("*/*.csv")):
        system, _, name = file.stem.partition("__")
        if system in ("google_ads", "meta_ads"):
            name = system.removesuffix("_ads")
        elif system == "generic":
            name = f"generic_{name}"
        connection.execute(
            f"create table \"{name}\" as from read_csv('{file}', all_varchar = true, header = true)"
        )
        columns = [row[0] for row in connection.execute(f'describe "{name}"').fetchall()]
        if "Id" in columns and "IsDeleted" in columns:
            latest = "LastModifiedDate" if "LastModifiedDate" in columns else "CreatedDate"
            connection.execute(
                f'create view live_{name} as select * from (select * from "{name}" where true '
                f"qualify row_number() over (partition by Id order by {latest} desc) = 1) "
                "where IsDeleted = 'false'"
            )
    connection.execute("create macro local_day(instant) as (instant::timestamp + interval 3 hour)::date")
    # Half up, in whole numbers: millionths times cents, to ten-thousandths.
    connection.execute(
        """
        create macro base(amount, currency, day) as (
            (round(amount::decimal(18, 2) * 100)::hugeint
             * case when currency = 'EUR' then 1000000 else (
                 select (max_by(rate, rate_on)::decimal(18, 6) * 1000000)::hugeint from fx_rate
                 where from_currency = currency and rate_on <= day::varchar) end
             + 5000) // 10000)
        """
    )
    yield connection
    connection.close()
