"""Reads a text export once from end to end before DuckDB does: hash, encoding, and an independent count of
records.

DuckDB's reader is fast but may leave records out without a word (for example when a file mixes line ends), so
nothing it returns is believed until it agrees with the count made here.
"""

import codecs
import gzip
import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np

from orchestration.errors import ExportError

BLOCK = 1 << 20
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UTF8 = frozenset({"utf-8", "utf-8-sig", "ascii"})


@dataclass(frozen=True)
class Fingerprint:
    """What the bytes of a file are, after decompression."""

    content_hash: str
    bytes: int
    encoding: str


@dataclass(frozen=True)
class Shape:
    """Records as counted from line ends outside quotes; exact unless quotes stand inside unquoted values.

    `plain` files have one kind of line end, no NUL characters and no spaces between a quote and what it
    should touch: in others DuckDB may drop or glue values without a word (`"a" "b"` becomes `a b`).
    """

    records: int
    blank_lines: int
    plain: bool


def open_bytes(path: Path) -> IO[bytes]:
    """The file's content, decompressed if its name ends in .gz."""
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")


def blocks(path: Path, label: str) -> Iterator[bytes]:
    """The file's content in blocks. Raises ExportError for a damaged .gz and for what the system will not
    read.
    """
    try:
        with open_bytes(path) as stream:
            while block := stream.read(BLOCK):
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ExportError(
            f"{label} is not a complete .gz file ({error}). Export or copy it again; was it still being "
            "written?"
        ) from error
    except OSError as error:
        raise ExportError(
            f"{label} cannot be read ({error.strerror or error}). Check its permissions and the disk."
        ) from error


def fingerprint(path: Path, label: str, declared_encoding: str | None) -> Fingerprint:
    """Hash and encoding of a file: a byte order mark wins, then the declared encoding, then strict UTF-8.

    Raises ExportError that names line and byte when the bytes are not of that encoding.
    """
    digest = hashlib.sha256()
    size = lines = 0
    encoding = "utf-8"
    decoder: codecs.IncrementalDecoder | None = None
    last = b""
    for block in blocks(path, label):
        if decoder is None:
            encoding = encoding_of(block, declared_encoding)
            decoder = codecs.getincrementaldecoder(encoding)("strict")
        digest.update(block)
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            position = min(error.start, len(error.object)) + size - (len(error.object) - len(block))
            line = lines + error.object[: error.start].count(b"\n") + 1
            raise ExportError(
                _not_decodable(label, encoding, line, position, error, last, declared_encoding)
            ) from error
        lines += block.count(b"\n")
        size += len(block)
        last = block
    if decoder is not None:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            raise ExportError(
                _not_decodable(label, encoding, lines + 1, size, error, last, declared_encoding)
            ) from error
    return Fingerprint(digest.hexdigest(), size, encoding)


def encoding_of(head: bytes, declared: str | None) -> str:
    """The encoding by byte order mark, else as declared, else UTF-8."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name
    return codecs.lookup(declared).name if declared else "utf-8"


def _not_decodable(
    label: str,
    encoding: str,
    line: int,
    position: int,
    error: UnicodeDecodeError,
    before: bytes,
    declared: str | None,
) -> str:
    bad = error.object[error.start : error.end]
    shown = " ".join(f"{byte:02x}" for byte in bad[:4])
    where = f"{label} line {line} (byte {position}): the bytes {shown} are not {encoding}"
    if declared:
        return f"{where}, which exports.yml declares as the file's encoding. Declare the one it really has."
    sample = (before[-32768:] + error.object)[: 1 << 18]
    guess = _guess_encoding(sample)
    return (
        f"{where}. Export the file as UTF-8, or declare its encoding in exports.yml: `encoding: {guess}`"
        f" (a guess from the file's bytes; check the special characters afterwards)."
    )


def _guess_encoding(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    # only lines with bytes beyond ASCII say anything about the encoding
    telling = b"\n".join(line for line in sample.split(b"\n") if any(byte > 127 for byte in line))[:16384]
    for candidates in (
        ["cp1252", "cp1254", "cp1250", "cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr"],
        None,
    ):
        best = from_bytes(telling, cp_isolation=candidates).best()
        if best is not None and best.encoding not in UTF8:
            western = telling.decode("cp1252", "replace")  # the most common one, where both say the same
            return "cp1252" if western == telling.decode(best.encoding, "replace") else best.encoding
    return "cp1252"


def shape(path: Path, label: str, delimiter: str) -> Shape:
    """Counts records and blank lines of UTF-8 text by line ends that stand outside quotes."""
    quotes = position = newlines = blank = after_return = 0
    previous_newline = -1
    last_byte = 0
    start = 0
    first = plain = True
    tail_of_last = b""
    for block in blocks(path, label):
        if first:
            start = position = len(codecs.BOM_UTF8) if block.startswith(codecs.BOM_UTF8) else 0
            block, first, previous_newline = block[position:], False, position - 1
            if not block:
                continue
        plain = plain and b"\0" not in block and not _spaced_quotes(tail_of_last + block, delimiter)
        tail_of_last = block[-5:]
        data = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(data == 10)
        if ends.size:
            quote_positions = np.flatnonzero(data == 34)
            outside = ends[(quotes + np.searchsorted(quote_positions, ends)) & 1 == 0]
            quotes += quote_positions.size
        else:
            outside = ends
            quotes += block.count(b'"')
        if outside.size:
            before = data[outside - 1]
            if outside[0] == 0:
                before[0] = last_byte
            is_return = before == 13
            newlines += outside.size
            after_return += int(is_return.sum())
            gaps = np.diff(np.concatenate(([previous_newline], outside + position)))
            blank += int(((gaps == 1) | ((gaps == 2) & is_return)).sum())
            previous_newline = int(outside[-1]) + position
        position += len(block)
        last_byte = block[-1]
    tail = position - 1 > previous_newline and position > start
    return Shape(newlines - blank + int(tail), blank, plain and after_return in (0, newlines))


def _spaced_quotes(window: bytes, delimiter: str) -> bool:
    """Whether spaces part a quote from the delimiter, line end or quote that it should touch."""
    data = np.frombuffer(window, np.uint8)
    quotes = np.flatnonzero(data == 34)
    quotes = quotes[(quotes >= 2) & (quotes < len(data) - 2)]
    before = data[quotes[(data[quotes - 1] == 32) & (data[quotes + 1] != 34)] - 2]
    after = data[quotes[data[quotes + 1] == 32] + 2]
    edges = [10, 13, 32, ord(delimiter) if delimiter.isascii() else 32]
    return bool(np.isin(before, edges).any() or np.isin(after, [34, *edges]).any())
