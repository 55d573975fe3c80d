"""The Dagster code location: what `dagster dev` loads."""

from orchestration.code_location import build_definitions
from orchestration.dbt_project import parse
from orchestration.paths import ProjectPaths

_paths = ProjectPaths.from_environment()

defs = build_definitions(_paths, parse(_paths))
