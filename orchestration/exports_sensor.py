"""Watches the exports folder and asks for a refresh when files have arrived and are no longer being written."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg

INTERVAL_SECONDS = 60


def fingerprint(folder: Path) -> str | None:
    """A hash over names, sizes and modification times of all files; None when there is no file.

    Hidden files do not count, since tools that copy files use them while they write.
    """
    digest = hashlib.sha256()
    found = False
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name.startswith("."):
                continue
            file = Path(parent, name)
            try:
                stat = file.stat()
            except FileNotFoundError:
                continue
            found = True
            digest.update(
                f"{file.relative_to(folder).as_posix()}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode()
            )
    return digest.hexdigest() if found else None


def exports_sensor(job_name: str, exports_dir: Callable[[], str | None]) -> dg.SensorDefinition:
    """A sensor that requests one run for each state of the folder that it has seen twice in a row.

    Its cursor keeps the state seen last and the state a run was requested for.
    """

    @dg.sensor(
        name="exports_arrived",
        job_name=job_name,
        minimum_interval_seconds=INTERVAL_SECONDS,
        default_status=dg.DefaultSensorStatus.STOPPED,
        description="Refreshes when files in EXPORTS_DIR are new or changed.",
    )
    def exports_arrived(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        folder = exports_dir()
        if not folder:
            return dg.SkipReason("EXPORTS_DIR is not set: the sample company does not change.")
        seen = fingerprint(Path(folder))
        if seen is None:
            return dg.SkipReason(f"There is no file in {folder}.")
        cursor = json.loads(context.cursor) if context.cursor else {}
        if seen == cursor.get("requested"):
            return dg.SkipReason("Nothing has changed since the last refresh that was requested.")
        if seen != cursor.get("seen"):
            return dg.SensorResult(
                skip_reason=dg.SkipReason("Files have changed; waiting until they stay as they are."),
                cursor=json.dumps({**cursor, "seen": seen}),
            )
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=seen)], cursor=json.dumps({"seen": seen, "requested": seen})
        )

    return exports_arrived
