"""Command line: `python -m simulator` writes the sample company's exports into `seeds/`."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from simulator import SimulationError, SimulationSettings, simulate, write_exports
from simulator.writing import FORMATS

SEEDS = Path(__file__).resolve().parent.parent / "seeds"

DESCRIPTION = """\
Simulate a B2B company and write its exports: a CRM, two ad platforms, customer costs and the maps
that analysts keep. The same arguments always give the same bytes. Without arguments, the sample
company is written into seeds/."""

EPILOG = """\
examples:
  python -m simulator                                    the committed seeds
  python -m simulator --scale 100 --out /tmp/company --format parquet
  python -m simulator --out /tmp/company --truth /tmp/truth.json"""


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2023-01-01") from None


def _parser() -> argparse.ArgumentParser:
    default = SimulationSettings()
    parser = argparse.ArgumentParser(
        prog="python -m simulator",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--seed", type=int, default=default.seed, help="start of all random streams (default: %(default)s)")
    add(
        "--scale",
        type=float,
        default=default.scale,
        help="size: 1 is the sample company with about 2 400 leads, 100 a hundred times as many rows "
        "(default: %(default)g)",
    )
    add(
        "--start",
        type=_day,
        default=default.start,
        metavar="YYYY-MM-01",
        help="first day, the first of a month (default: %(default)s)",
    )
    add("--months", type=int, default=default.months, help="months to simulate (default: %(default)s)")
    add("--out", type=Path, default=SEEDS, metavar="DIR", help="folder for the exports (default: seeds/)")
    add("--truth", type=Path, metavar="FILE", help="also write the true KPI values as JSON")
    add("--format", choices=FORMATS, default="csv", help="file format (default: %(default)s)")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        settings = SimulationSettings(given.seed, given.scale, given.start, given.months)
        company = simulate(settings)
        files = write_exports(company, given.out, given.format)
        if given.truth:
            text = json.dumps(company.truth, ensure_ascii=False, indent=1, sort_keys=True)
            given.truth.parent.mkdir(parents=True, exist_ok=True)
            given.truth.write_text(text + "\n", encoding="utf-8")
    except (SimulationError, OSError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 2
    size = sum(path.stat().st_size for path in files)
    print(f"{len(files)} exports, {size / 1e6:.2f} MB, written to {given.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
