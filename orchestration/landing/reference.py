"""Writes the list of objects that exports.yml can map, from the contracts: docs/exports/objects.md is its
output.
"""

import json
import sys
from pathlib import Path

from orchestration.landing.contracts import ContractColumn, Contracts, contracts_from_manifest

HEAD = """# Objects that exports.yml can map

Written by `python -m orchestration.landing.reference` from the YAML beside the seeds; do not edit it here.

**Bold** columns are required. A column without a type is text. How to fill them: [mapping.md](mapping.md).
"""


def reference(contracts: Contracts) -> str:
    """The objects of every system with their columns, as Markdown; the generic ones first."""
    systems = sorted(
        contracts.systems, key=lambda system: (system != "generic", system == "reference", system)
    )
    parts = [HEAD]
    for system in systems:
        parts.append(f"\n## {system}\n")
        for contract in contracts.of_system(system):
            name = contract.object if system == "generic" else contract.name
            key = ", ".join(f"`{column}`" for column in contract.key)
            parts.append(f"\n### {name}\n\nFile name: `{system}/{contract.native_name}.csv`. Key: {key}.\n")
            parts.append("\n| column | type | what |\n|---|---|---|\n")
            parts += [_row(column) for column in contract.columns]
    return "".join(parts)


def _row(column: ContractColumn) -> str:
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    kind = ", ".join(column.accepted) or (column.type if column.type != "text" else "")
    return f"| {name} | {kind} | {column.description.replace('|', '/')} |\n"


def main() -> None:
    """Prints the reference for target/manifest.json, or for the manifest given as the argument."""
    path = Path(sys.argv[1] if len(sys.argv) > 1 else "target/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    sys.stdout.write(reference(contracts_from_manifest(manifest)))


if __name__ == "__main__":
    main()
