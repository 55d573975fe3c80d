"""What the Makefile and the benchmark do besides calling the command line."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_clean_keeps_landed_files_the_lock_and_what_git_tracks(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = {".gitignore", "archive/landed.parquet", "refresh.lock"}
    for name in (*kept, "kpi.duckdb", "landing.json"):
        file = tmp_path / "build" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True)
    left = [file for file in (tmp_path / "build").rglob("*") if file.is_file()]
    assert {file.relative_to(tmp_path / "build").as_posix() for file in left} == kept


def test_clean_works_before_anything_was_built(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True)


def test_the_benchmark_explains_itself_instead_of_running() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "bench.refresh", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert "bench/refresh.md" in told.stdout
