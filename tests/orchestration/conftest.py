"""One toy project for all tests of the orchestrator, refreshed once before the first test that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.paths import ProjectPaths
from orchestration.progress import Progress
from tests.orchestration.toy import ToyProject, make_toy


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the person who runs the tests have no say in them."""
    for name in (
        "EXPORTS_DIR",
        "DAGSTER_HOME",
        "KPI_BUILD_DIR",
        "KPI_PUBLISHED_DIR",
        "KPI_TARGET_DIR",
        "KPI_PROJECT_DIR",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> ToyProject:
    """The toy project, not built."""
    return make_toy(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def first_summary(toy: ToyProject) -> str:
    """What the first refresh of the toy project said."""
    from orchestration.refresh import refresh

    return refresh(toy.paths, progress=Progress(quiet=True))


@pytest.fixture
def published_toy(toy: ToyProject, first_summary: str) -> Iterator[ToyProject]:
    """The toy project with a release."""
    yield toy


@pytest.fixture
def empty_paths(tmp_path: Path) -> ProjectPaths:
    """Paths of an installation that has never been refreshed."""
    (tmp_path / "dbt_project.yml").write_text("name: empty\n")
    paths = ProjectPaths.from_environment(root=tmp_path, environment={})
    paths.build_dir.mkdir()
    return paths
