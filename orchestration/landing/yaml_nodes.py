"""Reads exports.yml into plain nodes that remember their line, with every scalar as it was written."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.errors import MappingError


@dataclass(frozen=True)
class Scalar:
    """A single value: `text` as written (so NO stays NO and 01 stays 01); `is_null` for an empty value, `~`
    or null.
    """

    text: str
    is_null: bool
    line: int


@dataclass(frozen=True)
class Sequence:
    """A list of nodes."""

    items: "tuple[Node, ...]"
    line: int


@dataclass(frozen=True)
class Entries:
    """A mapping in the order of the file."""

    items: "tuple[tuple[Scalar, Node], ...]"
    line: int

    def get(self, key: str) -> "Node | None":
        """The node under a key, or None."""
        return next((node for name, node in self.items if name.text == key), None)

    def line_of(self, key: str) -> int:
        """The line of a key, or the mapping's own."""
        return next((name.line for name, _ in self.items if name.text == key), self.line)


Node = Scalar | Sequence | Entries


def kind(node: "Node") -> str:
    """What a node is, in words for a person."""
    if isinstance(node, Sequence):
        return "a list"
    return "a block of `key: value` lines" if isinstance(node, Entries) else f"the value `{node.text}`"


def read_nodes(path: Path) -> tuple[Entries, dict[str, Any]]:
    """The file as nodes, and once more as plain Python values (for what is passed on untouched).

    Raises MappingError with the line for YAML that cannot be read, and for a key given twice.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise MappingError(
            f"{path.name} is not UTF-8 text ({error.reason} at byte {error.start}): save it as UTF-8."
        ) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        values = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise MappingError(
            f"{path.name}{where}: this is not valid YAML ({error.problem}). Check the indentation, and put "
            "quotes around "
            f"values with a colon, a `%`, a `#`, or that begin with `*` or `{{`."
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise MappingError(f"{path.name}: this is not valid YAML ({str(error).splitlines()[0]}).") from error
    if root is None:
        return Entries((), 1), {}
    node = _node(root, path.name, set())
    if not isinstance(node, Entries):
        raise MappingError(
            f"{path.name} line 1: expected `version:`, `objects:` and so on, found {kind(node)}. See "
            "docs/exports/mapping.md."
        )
    return node, values


def _node(node: yaml.Node, file: str, above: set[int]) -> Node:
    line = node.start_mark.line + 1
    if id(node) in above:
        raise MappingError(
            f"{file} line {line}: an alias refers to the block it stands in; write the value out."
        )
    inside = above | {id(node)}
    if isinstance(node, yaml.SequenceNode):
        return Sequence(tuple(_node(item, file, inside) for item in node.value), line)
    if isinstance(node, yaml.MappingNode):
        items: list[tuple[Scalar, Node]] = []
        for key_node, value_node in node.value:
            key = _node(key_node, file, inside)
            if not isinstance(key, Scalar):
                raise MappingError(
                    f"{file} line {line}: a key has to be a single word or text, found {kind(key)}."
                )
            if any(key.text == other.text for other, _ in items):
                raise MappingError(
                    f"{file} line {key.line}: `{key.text}` is given twice in one block; keep one of them."
                )
            items.append((key, _node(value_node, file, inside)))
        return Entries(tuple(items), line)
    return Scalar(node.value, node.tag == "tag:yaml.org,2002:null", line)
