"""Times a refresh of the sample company, phase by phase, and writes bench/refresh.md.

The refresh runs as people run it (`python -m orchestration refresh` in a process of its own), with the folders of this
benchmark's own in a temporary place. Two kinds: the first one (nothing kept from before) and the ones after it.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parent.parent
REPORT = Path(__file__).with_name("refresh.md")
MACHINE = "2 cores, 24 GiB"
PHASES = {
    "loading": "import Dagster, dagster-dbt and dbt",
    "parsing": "parse the dbt project, make the definitions",
    "landing": "exports (here: none, the sample's seeds are read in the build)",
    "build": "every seed, model and check",
    "audit": "failing rows, row counts and columns",
    "metadata": "column lineage, results for Dagster",
    "publish": "export, verify, sync, flip",
}
REPEATS = 3


def main() -> None:
    """Run the benchmark and write the report."""
    argparse.ArgumentParser(
        prog="python -m bench.refresh",
        description="Time refreshes of the sample company, phase by phase (about two minutes), and write bench/refresh.md.",
    ).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        first = _refresh(Path(folder))
        later = [_refresh(Path(folder)) for _ in range(REPEATS)]
        plain = _dbt_build(Path(folder))
        tables, rows = _size(Path(folder))
    middle = {name: statistics.median(run[name] for run in later) for name in later[0]}
    REPORT.write_text(_report(first, middle, plain, tables, rows))
    print(REPORT.read_text())


def _environment(folder: Path) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name != "EXPORTS_DIR"}
    return {
        **inherited,
        "KPI_BUILD_DIR": str(folder / "build"),
        "KPI_PUBLISHED_DIR": str(folder / "published"),
        "KPI_TARGET_DIR": str(folder / "target"),
        "DAGSTER_HOME": str(folder / "dagster"),
    }


def _refresh(folder: Path) -> dict[str, float]:
    timings = folder / "timings.json"
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "orchestration", "refresh", "--timings", str(timings)],
        cwd=ROOT,
        env=_environment(folder),
        check=True,
        stdout=subprocess.DEVNULL,
    )
    wall = time.perf_counter() - started
    phases = json.loads(timings.read_text())
    known = sum(phases[name] for name in PHASES)
    return {**{name: phases[name] for name in PHASES}, "Dagster": phases["total"] - known, "wall": wall}


def _dbt_build(folder: Path) -> float:
    """Seconds of dbt alone on the same nodes, from its saved parse."""
    started = time.perf_counter()
    command = [
        str(Path(sys.executable).with_name("dbt")), "--quiet", "build", "--exclude-resource-type", "unit_test",
        "--target-path", str(folder / "target"), "--log-path", str(folder / "logs"),
    ]  # fmt: skip
    subprocess.run(command, cwd=ROOT, env=_environment(folder), check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _size(folder: Path) -> tuple[int, int]:
    with duckdb.connect(str(folder / "published" / "current" / "kpi.duckdb"), read_only=True) as connection:
        found = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        rows = sum(connection.execute(f"select count(*) from {name}").fetchall()[0][0] for (name,) in found)
    return len(found), rows


def _report(first: dict[str, float], later: dict[str, float], plain: float, tables: int, rows: int) -> str:
    meaning = {**PHASES, "Dagster": "keeping materializations and check results in its instance"}
    lines = [
        "# What a refresh costs",
        "",
        f'The sample company on {MACHINE}: {tables} published tables with {rows:,} rows. Seconds; "later" is the median of',
        f"{REPEATS} refreshes with dbt's saved parse and the kept column lineage. Made by `make bench`.",
        "",
        "| phase | what | first | later | share of later |",
        "|---|---|--:|--:|--:|",
    ]
    for name, what in meaning.items():
        share = later[name] / later["wall"]
        lines.append(f"| {name} | {what} | {first[name]:.1f} | {later[name]:.1f} | {share:.0%} |")
    ratio = later["wall"] / plain
    lines += [
        f"| all | from the command to the prompt | {first['wall']:.1f} | {later['wall']:.1f} | 100% |",
        "",
        f"`dbt build` alone on the same nodes takes {plain:.1f} s; the whole refresh takes {ratio:.2f} times that, and",
        "lands, records the run with row counts and column lineage, and publishes as well.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
