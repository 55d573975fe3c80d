"""What exports.yml says, as plain data: checked for its own form here, against contracts and files in
`binding`.
"""

import codecs
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestration.errors import MappingError
from orchestration.landing.contracts import did_you_mean
from orchestration.landing.files import CONFIG_NAMES
from orchestration.landing.tables import ReadOptions
from orchestration.landing.value_options import ValueOptions
from orchestration.landing.yaml_nodes import Entries, Node, Scalar, Sequence, kind, read_nodes

DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
READ_KEYS = ("delimiter", "encoding", "skip_lines")
VALUE_KEYS = ("dates", "decimal", "thousands", "remove", "null_values", "time_zone")
OBJECT_KEYS = ("files", "columns", "columns_by_name", "one_row_per", "only_rows", *READ_KEYS, *VALUE_KEYS)
SOURCE_KEYS = ("column", "constant", "concat", "first_of", "record")
RULE_KEYS = (
    *SOURCE_KEYS, "separator", "map", "otherwise", "format", "decimal", "thousands", "remove", "time_zone",
    "lookup", "by", "filled", "optional",
)  # fmt: skip
TOP_KEYS = ("version", "vars", "ignore", "defaults", "objects")
KEEP, FAIL = object(), object()


@dataclass(frozen=True)
class ColumnRule:
    """How one contract column is made from the file's columns."""

    target: str
    line: int
    columns: tuple[str, ...] = ()
    kind: str = "column"  # column, constant, concat, first_of, record, nothing
    parts: "tuple[ColumnRule, ...]" = ()  # of concat and first_of, where they are more than names of columns
    constant: str | None = None
    separator: str = " "
    values: dict[str, str | None] | None = None
    otherwise: object = KEEP  # KEEP, FAIL, None or a text
    filled: str | None = None
    lookup: str | None = None
    by: str | None = None
    optional: bool = False
    options: ValueOptions = field(default_factory=ValueOptions)


@dataclass(frozen=True)
class ObjectMapping:
    """One block under `objects:`: which files feed the object, and how."""

    system: str
    object: str
    line: int
    files: tuple[tuple[str, int], ...] = ()
    columns: tuple[ColumnRule, ...] = ()
    by_name: bool = True
    one_row_per: tuple[str, int] | None = None
    only_rows: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    read: ReadOptions = field(default_factory=ReadOptions)
    values: ValueOptions = field(default_factory=ValueOptions)


@dataclass(frozen=True)
class ExportsConfig:
    """The whole of exports.yml; without a file everything is empty and files are found by their names."""

    file: str = CONFIG_NAMES[0]
    present: bool = False
    vars: dict[str, Any] = field(default_factory=dict)
    ignore: tuple[str, ...] = ()
    objects: tuple[ObjectMapping, ...] = ()
    read: ReadOptions = field(default_factory=ReadOptions)
    values: ValueOptions = field(default_factory=ValueOptions)


class Problems:
    """Collects what is wrong, so that a person sees all of it at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.messages: list[str] = []

    def add(self, line: int | None, message: str) -> None:
        """Notes one problem with its line."""
        text = f"{self.file} line {line}: {message}" if line else f"{self.file}: {message}"
        if text not in self.messages:
            self.messages.append(text)

    def stop_if_any(self) -> None:
        """Raises MappingError with all problems."""
        if not self.messages:
            return
        if len(self.messages) == 1:
            raise MappingError(self.messages[0])
        listed = "\n".join(f"- {message}" for message in self.messages)
        raise MappingError(f"{self.file} has {len(self.messages)} problems:\n{listed}")


def read_exports_config(exports_dir: Path) -> ExportsConfig:
    """Reads exports.yml of an exports folder; an empty configuration when there is none.

    Raises MappingError with all problems of its form.
    """
    path = next((exports_dir / name for name in CONFIG_NAMES if (exports_dir / name).is_file()), None)
    if path is None:
        return ExportsConfig()
    root, values = read_nodes(path)
    problems = Problems(path.name)
    reader = _Reader(problems)
    config = reader.config(root, values, path.name)
    problems.stop_if_any()
    return config


class _Reader:
    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def config(self, root: Entries, values: dict[str, Any], file: str) -> ExportsConfig:
        self._only(root, TOP_KEYS, "at the top level")
        version = root.get("version")
        if version is None:
            self._problems.add(None, "`version: 1` is missing; write it as the first line.")
        elif not isinstance(version, Scalar) or version.text != "1":
            self._problems.add(version.line, f"this warehouse reads `version: 1`, found {kind(version)}.")
        defaults = self._block(root, "defaults")
        self._only(defaults, (*READ_KEYS, *VALUE_KEYS), "in `defaults`")
        read = self._read_options(defaults, ReadOptions())
        value_options = self._value_options(defaults, ValueOptions())
        variables = self._block(root, "vars")
        found: list[ObjectMapping] = []
        for name, node in self._block(root, "objects").items:
            blocks: Iterable[Node] = node.items if isinstance(node, Sequence) else (node,)
            for block in blocks:
                if isinstance(block, Entries):
                    line = block.line if isinstance(node, Sequence) else name.line
                    found.append(self._object(name.text, line, block, read, value_options))
                else:
                    self._problems.add(
                        block.line,
                        f"`{name.text}` needs `files:` and `columns:` below it, found {kind(block)}.",
                    )
        plain = (
            {str(key): _plain(value) for key, value in (values.get("vars") or {}).items()}
            if variables.items
            else {}
        )
        ignore = self._texts(root, "ignore") or ()
        return ExportsConfig(
            file, True, plain, tuple(text for text, _ in ignore), tuple(found), read, value_options
        )

    def _object(
        self, name: str, line: int, block: Entries, read: ReadOptions, values: ValueOptions
    ) -> ObjectMapping:
        self._only(block, OBJECT_KEYS, f"in `{name}`")
        system, _, short = name.rpartition(".")
        files = self._texts(block, "files")
        if not files:
            self._problems.add(
                line, f'`{name}` has no `files:`; give a pattern such as `files: "deals*.csv"`.'
            )
        own = self._value_options(block, values)
        rules = [self._rule(target, node, own) for target, node in self._block(block, "columns").items]
        only = []
        for column, node in self._block(block, "only_rows").items:
            allowed = self._scalars(node, f"only_rows.{column.text}")
            only.append((column.text, tuple(text for text, _ in allowed), column.line))
        per = self._scalar(block, "one_row_per")
        return ObjectMapping(
            system or "generic", short, line, tuple(files or ()), tuple(rule for rule in rules if rule),
            self._boolean(block, "columns_by_name", True), (per.text, per.line) if per else None, tuple(only),
            self._read_options(block, read), own,
        )  # fmt: skip

    def _rule(self, target: Scalar, node: Node, values: ValueOptions) -> ColumnRule | None:
        if isinstance(node, Scalar):
            if node.is_null:
                return ColumnRule(target.text, target.line, kind="nothing", options=values)
            return ColumnRule(target.text, target.line, (node.text,), options=values)
        where = f"columns.{target.text}"
        if isinstance(node, Sequence):
            self._problems.add(
                node.line,
                f"`{where}` is a list; write `{{first_of: [...]}}` (first that is filled) or `{{concat: "
                f"[...]}}`.",
            )
            return None
        self._only(node, RULE_KEYS, f"in `{where}`")
        sources = [key for key in SOURCE_KEYS if node.get(key) is not None]
        if len(sources) != 1:
            listed = ", ".join(f"`{key}`" for key in SOURCE_KEYS)
            self._problems.add(
                target.line,
                f"`{where}` needs exactly one of {listed}, found {' and '.join(sources) or 'none'}.",
            )
            return None
        source = sources[0]
        constant: str | None = None
        columns: tuple[str, ...] = ()
        own = self._value_options(node, values)
        parts: tuple[ColumnRule, ...] = ()
        items = node.get(source)
        if source in ("concat", "first_of") and isinstance(items, Sequence):
            if any(isinstance(item, Entries) for item in items.items):
                parts = self._parts(target, items, own)
            else:
                columns = tuple(text for text, _ in self._texts(node, source) or ())
        elif source in ("concat", "first_of"):
            self._problems.add(target.line, f"`{source}` in `{where}` needs a list of columns.")
            return None
        elif source == "record":
            if not self._boolean(node, source, True):
                self._problems.add(node.line_of(source), f"`record` in `{where}` can only be `true`.")
                return None
        else:
            scalar = self._scalar(node, source)
            if scalar is None:
                return None
            constant, columns = (scalar.text, ()) if source == "constant" else (None, (scalar.text,))
        mapped = None
        if node.get("map") is not None:
            mapped = {
                key.text: self._target_value(value, where) for key, value in self._block(node, "map").items
            }
        elif node.get("otherwise") is not None:
            self._problems.add(
                node.line_of("otherwise"),
                f"`otherwise` in `{where}` says what becomes of values outside `map`; there is no `map`.",
            )
        lookup, by = self._scalar(node, "lookup"), self._scalar(node, "by")
        if (lookup is None) != (by is None):
            self._problems.add(
                target.line,
                f"`{where}` needs both `lookup:` (the object) and `by:` (its column with the name).",
            )
        separator, filled = self._scalar(node, "separator"), self._scalar(node, "filled")
        return ColumnRule(
            target.text,
            target.line,
            columns,
            source,
            parts,
            constant,
            separator.text if separator else " ",
            mapped,
            self._otherwise(node, where),
            filled.text if filled else None,
            lookup.text if lookup else None,
            by.text if by else None,
            self._boolean(node, "optional", False),
            own,
        )

    def _parts(self, target: Scalar, items: Sequence, values: ValueOptions) -> tuple[ColumnRule, ...]:
        rules = [self._rule(Scalar(target.text, False, item.line), item, values) for item in items.items]
        for rule in rules:
            if rule and (rule.lookup or rule.otherwise is FAIL):
                self._problems.add(
                    rule.line,
                    "`lookup` and `otherwise: error` are not possible inside a list; "
                    "give them to the whole column.",
                )
        return tuple(rule for rule in rules if rule)

    def _otherwise(self, node: Entries, where: str) -> object:
        found = node.get("otherwise")
        if found is None:
            return KEEP
        if not isinstance(found, Scalar):
            self._problems.add(
                found.line, f"`otherwise` in `{where}` is a value, `null` or `error`, found {kind(found)}."
            )
            return KEEP
        if found.is_null:
            return None
        return FAIL if found.text == "error" else found.text

    def _target_value(self, node: Node, where: str) -> str | None:
        if not isinstance(node, Scalar):
            self._problems.add(
                node.line, f"`map` in `{where}` goes from one value to one value, found {kind(node)}."
            )
            return None
        return None if node.is_null else node.text

    def _read_options(self, block: Entries, base: ReadOptions) -> ReadOptions:
        delimiter, encoding, skip = base.delimiter, base.encoding, base.skip_lines
        if scalar := self._scalar(block, "delimiter"):
            delimiter = DELIMITERS.get(scalar.text.lower(), scalar.text)
            if len(delimiter) != 1 or delimiter in '"\r\n':
                self._problems.add(
                    scalar.line, f"`delimiter` is one character (or `tab`), found `{scalar.text}`."
                )
                delimiter = None
        if scalar := self._scalar(block, "encoding"):
            encoding = scalar.text
            try:
                codecs.getincrementaldecoder(encoding)().decode(b"")
                codecs.lookup(encoding).encode("")
            except (LookupError, TypeError, ValueError, AttributeError):
                self._problems.add(
                    scalar.line,
                    f"`encoding: {encoding}` is not known; examples: utf-8, cp1252 (Windows western), "
                    "cp1254 (Turkish), gb18030.",
                )
                encoding = None
        if scalar := self._scalar(block, "skip_lines"):
            if scalar.text.isdecimal():
                skip = int(scalar.text)
            else:
                self._problems.add(
                    scalar.line,
                    f"`skip_lines` is the number of lines above the header, found `{scalar.text}`.",
                )
        return ReadOptions(delimiter, encoding, skip)

    def _value_options(self, block: Entries, base: ValueOptions) -> ValueOptions:
        given: dict[str, Any] = {}
        for key in ("dates", "format"):
            if block.get(key) is not None:
                given["dates"] = tuple(text for text, _ in self._texts(block, key) or ())
        for key in ("null_values", "remove"):
            if block.get(key) is not None:
                given[key] = tuple(text for text, _ in self._scalars(block.get(key), key))
        for key in ("decimal", "thousands", "time_zone"):
            node = block.get(key)
            if isinstance(node, Scalar):
                given[key] = None if node.is_null else node.text
            elif node is not None:
                self._problems.add(node.line, f"`{key}` is one value, found {kind(node)}.")
        return base.changed(given, lambda key, message: self._problems.add(block.line_of(key), message))

    def _only(self, block: Entries, allowed: tuple[str, ...], where: str) -> None:
        for key, _ in block.items:
            if key.text not in allowed:
                self._problems.add(
                    key.line,
                    f"`{key.text}` is not known {where}. {did_you_mean(key.text, list(allowed))}Known are: "
                    f"{', '.join(allowed)}.",
                )

    def _block(self, parent: Entries, key: str) -> Entries:
        node = parent.get(key)
        if isinstance(node, Entries):
            return node
        if node is not None and not (isinstance(node, Scalar) and node.is_null):
            self._problems.add(node.line, f"`{key}` needs `key: value` lines below it, found {kind(node)}.")
        return Entries((), parent.line)

    def _scalar(self, parent: Entries, key: str) -> Scalar | None:
        node = parent.get(key)
        if node is None or (isinstance(node, Scalar) and not node.is_null):
            return node
        self._problems.add(
            node.line,
            f"`{key}` needs a value, found {'nothing' if isinstance(node, Scalar) else kind(node)}.",
        )
        return None

    def _scalars(self, node: Node | None, key: str) -> list[tuple[str, int]]:
        items = node.items if isinstance(node, Sequence) else (node,) if node is not None else ()
        texts: list[tuple[str, int]] = []
        for item in items:
            if isinstance(item, Scalar):
                texts.append(("" if item.is_null and item.text in ("", "~") else item.text, item.line))
            else:
                self._problems.add(
                    item.line, f"`{key}` is a value or a list of values, found {kind(item)} inside."
                )
        return texts

    def _texts(self, parent: Entries, key: str) -> list[tuple[str, int]] | None:
        node = parent.get(key)
        if node is None:
            return None
        texts = self._scalars(node, key)
        for text, line in texts:
            if not text:
                self._problems.add(line, f"`{key}` has an empty entry.")
        return [(text, line) for text, line in texts if text]

    def _boolean(self, parent: Entries, key: str, default: bool) -> bool:
        scalar = self._scalar(parent, key)
        if scalar is None:
            return default
        if scalar.text.lower() not in ("true", "false", "yes", "no"):
            self._problems.add(scalar.line, f"`{key}` is true or false, found `{scalar.text}`.")
        return scalar.text.lower() in ("true", "yes")


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
