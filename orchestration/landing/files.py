"""Finds the files of the exports folder and, by their names, the export object each one belongs to."""

import os
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration.errors import ExportError
from orchestration.landing.contracts import Contracts, ExportContract

CONFIG_NAMES = ("exports.yml", "exports.yaml")
READABLE = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".txt.gz", ".parquet")
DATA_LIKE = (
    *READABLE,
    ".xlsx",
    ".xls",
    ".ods",
    ".json",
    ".jsonl",
    ".ndjson",
    ".xml",
    ".zip",
    ".gz",
    ".avro",
    ".orc",
    ".tab",
)
SEPARATOR = r"[\s_.()\[\]+-]"


@dataclass(frozen=True)
class ExportFile:
    """A file of the exports folder; `name` is its path below the folder with forward slashes."""

    path: Path
    name: str

    @property
    def readable(self) -> bool:
        """Whether landing can read this kind of file."""
        return self.name.lower().endswith(READABLE)

    @property
    def data_like(self) -> bool:
        """Whether the name looks like data, so that leaving it out deserves a warning."""
        return self.name.lower().endswith(DATA_LIKE)


def find_files(exports_dir: Path) -> list[ExportFile]:
    """All files of the folder, at any depth, sorted by name; hidden files and exports.yml are left out.

    Raises ExportError when the folder is missing or a link leads out of it.
    """
    if not exports_dir.is_dir():
        what = "is not a folder" if exports_dir.exists() else "does not exist"
        raise ExportError(
            f"The exports folder {exports_dir} {what}. Set EXPORTS_DIR to the folder with your export files."
        )
    root = exports_dir.resolve()
    found: list[ExportFile] = []
    stray: list[str] = []

    def unreadable(error: OSError) -> None:
        raise ExportError(
            f"The folder {error.filename} cannot be read ({error.strerror}). Check its permissions."
        )

    for folder, folders, names in os.walk(root, followlinks=False, onerror=unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in [*folders, *names]:
            path = Path(folder) / name
            if name.startswith(".") or not path.is_symlink():
                continue
            target = path.resolve()
            if not target.exists() or not target.is_relative_to(root):
                stray.append(f"{path.relative_to(root).as_posix()} -> {os.readlink(path)}")
            elif target.is_dir():
                stray.append(f"{path.relative_to(root).as_posix()} -> {os.readlink(path)} (a folder)")
        for name in names:
            path = Path(folder) / name
            relative = path.relative_to(root).as_posix()
            if not name.startswith(".") and path.is_file() and relative.lower() not in CONFIG_NAMES:
                found.append(ExportFile(path, relative))
    if stray:
        raise ExportError(
            "Links that lead out of the exports folder, to a folder or to nothing are not followed: "
            + "; ".join(sorted(stray))
            + ". Copy the files into the folder instead."
        )
    return sorted(found, key=lambda file: file.name)


def matches(pattern: str, name: str) -> bool:
    """Whether a file's path, or its bare name where the pattern has no folder, fits; case does not count."""
    lowered = pattern.lower().removeprefix("./")
    whole = name.lower()
    if fnmatchcase(whole, lowered) or whole == lowered:
        return True
    return "/" not in lowered and (
        fnmatchcase(whole.rsplit("/", 1)[-1], lowered) or whole.rsplit("/", 1)[-1] == lowered
    )


def native_object(name: str, contracts: Contracts) -> ExportContract | None:
    """The object a file belongs to by `<system>/<object>[separator anything].<ending>` or
    `<system>/<object>/<file>`.
    """
    parts = name.split("/")
    if len(parts) < 2:
        return None
    system = next((system for system in contracts.systems if system.lower() == parts[0].lower()), None)
    if system is None:
        return None
    candidates = contracts.of_system(system)
    if len(parts) > 2:
        folder = parts[1].lower()
        return next((c for c in candidates if folder in (c.native_name.lower(), c.object.lower())), None)
    stem = parts[1].lower().removeprefix(f"{system.lower()}__")  # the project's own seeds are named so
    for ending in sorted(READABLE, key=len, reverse=True):
        if stem.endswith(ending):
            stem = stem[: -len(ending)]
            break
    best: tuple[int, ExportContract | None] = (0, None)
    for contract in candidates:
        for title in {contract.native_name, contract.object}:
            words = [re.escape(word) for word in re.split(r"[_\s]+", title.lower())]
            spelled = r"[\s_-]*".join(words)
            found = re.match(rf"{spelled}(?={SEPARATOR}|\d|$)", stem)
            if found and found.end() > best[0]:
                best = (found.end(), contract)
    return best[1]
