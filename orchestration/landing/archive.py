"""Turns each export file once into Parquet, named by the hash of its content and of how it was read.

A table of the archive is two files: `<key>.parquet` with the records, and `<key>.json` with what was read
(columns, counts, malformed lines). The second is written last, so its presence means that both are whole.
"""

import hashlib
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path

import duckdb

from orchestration.errors import ExportError, LandingError
from orchestration.landing.reading import TextReader
from orchestration.landing.records import open_text, sniff_delimiter
from orchestration.landing.scan import UTF8, Fingerprint, blocks, fingerprint
from orchestration.landing.sql import glob_literal
from orchestration.landing.tables import (
    RESERVED,
    ArchivedTable,
    ReadOptions,
    RejectedLine,
    publish,
    temporary,
    write_text,
)

FORMAT = 1  # raise it when the same bytes would be read differently than before
HEAD_LINES = 200
SETTLED_SECONDS = 2.0  # a file changed within this time may change again without a new time stamp


class Archive:
    """The folder of landed files; reads a file only if it has not been read before."""

    def __init__(self, folder: Path, connection: duckdb.DuckDBPyConnection) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.files_read = 0
        self._connection = connection
        self._reader = TextReader(connection, folder)
        self._seen_file = folder / "seen.json"
        try:
            self._seen: dict[str, list[object]] = json.loads(self._seen_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            self._seen = {}
        self._contents_file = folder / "contents.json"
        try:
            self._contents: dict[str, list[list[object]]] = json.loads(
                self._contents_file.read_text(encoding="utf-8")
            )
        except (OSError, ValueError):
            self._contents = {}

    def parquet(self, table: ArchivedTable) -> Path:
        """Where the records of a table are."""
        return self.folder / f"{table.key}.parquet"

    def close(self) -> None:
        """Remembers which files have been seen, so that the next landing need not open them, and with what
        contents.
        """
        write_text(self._seen_file, json.dumps(self._seen, indent=0))
        write_text(self._contents_file, json.dumps(self._contents, indent=0))

    def former(self, path: Path, options: ReadOptions) -> list[tuple[ArchivedTable, int]]:
        """What a file held before it was replaced by what it holds now: tables that are still in the archive,
        oldest first, with the time (ns) at which the file had been written.
        """
        contents = self._contents.get(_asked(path, options), [])
        current = contents[-1][1] if contents else None
        found = []
        for written, key in contents[:-1]:
            known = self._known(str(key)) if key != current else None
            if known:
                found.append((known, int(str(written))))
        return found

    def _remember(self, asked: str, written: int, key: str) -> None:
        contents = self._contents.setdefault(asked, [])
        if not contents or contents[-1][1] != key:
            contents.append([written, key])

    def table(self, path: Path, label: str, options: ReadOptions) -> ArchivedTable:
        """The archived table of a file, read now if this content has not been read like this before.

        Raises ExportError when the file cannot be read, LandingError when it changes meanwhile.
        """
        before = _stamp(path, label)
        asked = _asked(path, options)
        seen = self._seen.get(asked)
        if seen and seen[:-1] == before:
            known = self._known(str(seen[-1]))
            if known:
                self._remember(asked, before[1], known.key)
                return known
        if is_parquet(path):
            table = self._parquet_table(path, label)
        else:
            table = self._text_table(path, label, options)
        if _stamp(path, label) != before:
            raise LandingError(
                f"{label} changed while it was being read. Wait until the export is finished and run again."
            )
        if time.time() - max(before[1], before[2]) / 1e9 > SETTLED_SECONDS:
            self._seen[asked] = [*before, table.key]
        self._remember(asked, before[1], table.key)
        return table

    def _known(self, key: str) -> ArchivedTable | None:
        try:
            stored = json.loads((self.folder / f"{key}.json").read_text(encoding="utf-8"))
            stored["rejected"] = [RejectedLine(**line) for line in stored["rejected"]]
            table = ArchivedTable(**stored)
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return table if self.parquet(table).is_file() or table.empty else None

    def _store(self, table: ArchivedTable, written: Path) -> ArchivedTable:
        if not table.empty:
            publish(written, self.parquet(table))
        write_text(self.folder / f"{table.key}.json", json.dumps(asdict(table), ensure_ascii=False))
        return table

    def _text_table(self, path: Path, label: str, options: ReadOptions) -> ArchivedTable:
        found = fingerprint(path, label, options.encoding)
        skip = options.skip_lines
        delimiter = options.delimiter or sniff_delimiter(_head(path, found.encoding, skip), path.name)
        how = {"delimiter": delimiter, "encoding": found.encoding, "skip_lines": skip}
        key = _key(found.content_hash, how)
        known = self._known(key)
        if known:
            return known
        self.files_read += 1
        table = ArchivedTable(key, found.content_hash, found.bytes, [], [], 0)
        with (
            _as_utf8(path, found, self.folder, label) as source,
            temporary(self.folder, ".parquet") as target,
        ):
            return self._store(self._reader.read(source, label, delimiter, skip, table, target), target)

    def _parquet_table(self, path: Path, label: str) -> ArchivedTable:
        digest = hashlib.sha256()
        with temporary(self.folder, ".parquet") as copy:
            with copy.open("wb") as target:
                for block in blocks(path, label):
                    digest.update(block)
                    target.write(block)
            key = _key(digest.hexdigest(), {"format": "parquet"})
            known = self._known(key)
            if known:
                return known
            self.files_read += 1
            types, rows = self._describe(copy, label)
            size, names = copy.stat().st_size, list(types)
            table = ArchivedTable(key, digest.hexdigest(), size, names, names, rows, types=types)
            return self._store(table, copy)

    def _describe(self, copy: Path, label: str) -> tuple[dict[str, str], int]:
        source = f"read_parquet({glob_literal(str(copy))})"
        try:
            described = self._connection.execute(f"describe select * from {source}").fetchall()
            row = self._connection.execute(f"select count(*) from {source}").fetchone()
        except duckdb.Error as error:
            reason = str(error).splitlines()[0].replace(str(copy), label)
            raise ExportError(
                f"{label} is not a readable Parquet file ({reason}). Export or copy it again."
            ) from error
        types = {str(name): str(kind) for name, kind, *_ in described}
        reserved = sorted(name for name in types if name.casefold() in RESERVED)
        if reserved:
            raise ExportError(
                f"{label} has a column named like one of the warehouse's own ({', '.join(reserved)}); "
                "rename it."
            )
        return types, int(row[0]) if row else 0


def is_parquet(path: Path) -> bool:
    """Whether a file is read as Parquet, by its name."""
    return path.name.lower().endswith(".parquet")


def _head(path: Path, encoding: str, skip_lines: int) -> list[str]:
    with open_text(path, encoding) as text:
        return list(islice(text, skip_lines, skip_lines + HEAD_LINES))


def _asked(path: Path, options: ReadOptions) -> str:
    return json.dumps([str(path), asdict(options), FORMAT])


def _key(content_hash: str, options: dict[str, object]) -> str:
    told = json.dumps([content_hash, options, FORMAT], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def _stamp(path: Path, label: str) -> list[int]:
    try:
        stat = path.stat()
    except OSError as error:
        raise ExportError(f"{label} cannot be read ({error.strerror or error}).") from error
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


@contextmanager
def _as_utf8(path: Path, found: Fingerprint, folder: Path, label: str) -> Iterator[Path]:
    """The file itself if it is UTF-8, else a temporary copy in UTF-8."""
    if found.encoding in UTF8:
        yield path
        return
    with temporary(folder, ".csv") as copy:
        try:
            with open_text(path, found.encoding) as text, copy.open("w", encoding="utf-8", newline="") as out:
                shutil.copyfileobj(text, out, 1 << 20)
        except UnicodeError as error:
            raise ExportError(f"{label} cannot be read as {found.encoding}: {error}") from error
        yield copy
