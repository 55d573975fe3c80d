"""The command line: refresh, land, status. Heavy imports wait until a command needs them."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from collections.abc import Sequence

from orchestration.errors import CheckFailed, ConfigurationError, KpiWarehouseError, PublishError, RefreshBusy
from orchestration.lock import RefreshLock, is_locked, read_holder
from orchestration.paths import ProjectPaths
from orchestration.text import parse_date, plain_table

PUBLISHED = 0
NOT_PUBLISHED = 1
WRONG_INPUT = 2
BUSY = 75
INTERRUPTED = 130
DEFAULT_WAIT_SECONDS = 3600.0

EXIT_CODES = """exit codes:
  0   published (refresh), or done
  1   a blocking check or a model failed: readers keep the last good release
  2   the exports, the configuration or the command is wrong; nothing was built
  75  another refresh is running
  130 interrupted"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; errors of the project are told without a traceback."""
    options = parser().parse_args(arguments)
    # The product works without a network: no tool phones home.
    os.environ.setdefault("DO_NOT_TRACK", "1")
    try:
        return int(options.run(options))
    except RefreshBusy as error:
        return _stop(error, BUSY)
    except (CheckFailed, PublishError) as error:
        return _stop(error, NOT_PUBLISHED)
    except KpiWarehouseError as error:
        return _stop(error, WRONG_INPUT)
    except KeyboardInterrupt:
        sys.stderr.write("\nInterrupted: nothing was published.\n")
        return INTERRUPTED
    except BrokenPipeError:
        # Who read the output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PUBLISHED


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(
        prog="python -m orchestration",
        description="Turns CRM and marketing exports into published KPI tables.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = top.add_subparsers(required=True, metavar="command")

    exports = argparse.ArgumentParser(add_help=False)
    exports.add_argument(
        "--exports-dir",
        metavar="DIR",
        default=os.environ.get("EXPORTS_DIR") or None,
        help="folder with the company's exports (default: EXPORTS_DIR; without it, the sample company in seeds/)",
    )

    refresh = commands.add_parser(
        "refresh",
        parents=[exports],
        help="land, build, check and publish",
        description="Land the exports, build and check every table, and publish a release when all is well.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    refresh.add_argument(
        "--as-of",
        metavar="YYYY-MM-DD",
        help="measure at this date (default: the latest past event of the exports)",
    )
    refresh.add_argument(
        "--wait",
        metavar="SECONDS",
        type=float,
        default=DEFAULT_WAIT_SECONDS,
        help="how long to wait for a refresh that is running (default: %(default).0f)",
    )
    refresh.add_argument("--no-wait", action="store_true", help="give up at once when a refresh is running")
    refresh.add_argument("--timings", metavar="FILE", help="write the seconds of each phase to FILE as JSON")
    refresh.set_defaults(run=_refresh)

    land = commands.add_parser(
        "land",
        parents=[exports],
        help="land the exports only, for work with dbt on its own",
        description="Land the exports into the build file and stop; `dbt build` then works on them.",
    )
    land.add_argument("--no-wait", action="store_true", help="give up at once when a refresh is running")
    land.set_defaults(run=_land)

    status = commands.add_parser("status", help="what is published, and the last refreshes")
    status.add_argument(
        "--last", metavar="N", type=int, default=5, help="how many refreshes (default: %(default)s)"
    )
    status.set_defaults(run=_status)
    return top


def _refresh(options: argparse.Namespace) -> int:
    parse_date(options.as_of)
    paths = _paths(options)
    wait = 0.0 if options.no_wait else options.wait
    if wait == 0.0:
        # Say so at once, before dbt and Dagster are loaded.
        with RefreshLock(paths.lock_file, 0.0):
            pass
    from orchestration.refresh import refresh

    print(refresh(paths, as_of=options.as_of, wait_seconds=wait, timings_file=options.timings))
    return PUBLISHED


def _land(options: argparse.Namespace) -> int:
    paths = _paths(options)
    if paths.exports_dir is None:
        raise ConfigurationError("There is nothing to land: give --exports-dir, or set EXPORTS_DIR.")
    from orchestration.dbt_project import parse
    from orchestration.progress import Progress
    from orchestration.session import RefreshSession

    with RefreshLock(paths.lock_file, 0.0 if options.no_wait else DEFAULT_WAIT_SECONDS):
        session = RefreshSession(paths, parse(paths), Progress())
        session.land()
    print(session.landing.text())
    dbt_vars = session.dbt_vars()
    if dbt_vars:
        command = shlex.join(["dbt", "build", "--vars", json.dumps(dbt_vars)])
        print(f"\nexports.yml sets variables that dbt on its own does not know. Build with:\n  {command}")
    return PUBLISHED


def _status(options: argparse.Namespace) -> int:
    from orchestration import publishing, refresh_log

    paths = ProjectPaths.from_environment()
    release = publishing.current_release(paths)
    if release is None:
        print("Nothing is published yet: run `make refresh`.")
    else:
        made = publishing.record_of(release)
        print(f"Published  {release.path}")
        print(f"As of      {made.as_of or 'unknown'}, finished {made.finished_at}, exports: {made.door}")
        print(f"Tables     {len(release.rows):,} with {sum(release.rows.values()):,} rows")
    if is_locked(paths.lock_file):
        print(f"Running    {read_holder(paths.lock_file)}")
    records = refresh_log.read(paths.refresh_log_file)[-options.last :] if options.last > 0 else []
    if records:
        columns = ["refresh", "finished", "as of", "status", "checks passed", "failed"]
        rows = [
            [
                record.refresh_id,
                record.finished_at,
                record.as_of or "",
                record.status,
                record.checks_passed_count,
                record.checks_failed_count,
            ]
            for record in reversed(records)
        ]
        print("\nLast refreshes")
        print("\n".join("  " + line for line in plain_table(columns, rows, right=[4, 5])))
    return PUBLISHED


def _paths(options: argparse.Namespace) -> ProjectPaths:
    paths = ProjectPaths.from_environment().with_exports_dir(options.exports_dir)
    folder = paths.exports_dir
    if folder is None:
        return paths
    if not folder.is_dir():
        raise ConfigurationError(f"The exports folder {folder} does not exist.")
    if not any(folder.iterdir()):
        raise ConfigurationError(f"The exports folder {folder} is empty.")
    return paths


def _stop(error: KpiWarehouseError, code: int) -> int:
    sys.stdout.flush()
    sys.stderr.write(f"\n{error}\n")
    return code
