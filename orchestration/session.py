"""One refresh from its start to its end: what each step found, and the steps themselves, free of Dagster."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import yaml

from orchestration import manifest as read
from orchestration import publishing, refresh_log, summary
from orchestration.audit import Audit, audit, blocking_message
from orchestration.dbt_project import NodeEvent, NodeResult, ParsedProject, build
from orchestration.errors import CheckFailed, ConfigurationError, PublishError
from orchestration.paths import PROJECT_FILE, ProjectPaths
from orchestration.progress import Progress
from orchestration.table_metadata import TableFacts, table_facts

SAMPLE_DOOR = "sample company"
FOLDER_DOOR = "folder"
DEFAULT_KEEP = 5


@dataclass
class RefreshSession:
    """State of the refresh that holds the lock.

    `as_of` is the date asked for, None for the latest past event of the exports. `whole` turns true when everything is
    built, and only a whole build is published and written to the history.
    """

    paths: ProjectPaths
    project: ParsedProject
    progress: Progress
    as_of: date | None = None
    refresh_id: str = field(default_factory=lambda: new_refresh_id())
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    landing: Any = None
    landed: bool = False
    whole: bool = False
    results: Sequence[NodeResult] = ()
    audit: Audit | None = None
    facts: Mapping[str, TableFacts] = field(default_factory=dict)
    measured_as_of: str | None = None
    release: publishing.Release | None = None
    error: BaseException | None = None

    @property
    def manifest(self) -> read.Manifest:
        """dbt's manifest."""
        return self.project.manifest

    @property
    def door(self) -> str:
        """Where the exports come from, in words."""
        return FOLDER_DOOR if self.paths.exports_dir else SAMPLE_DOOR

    def land(self) -> None:
        """Put the exports into the build file, or make way for the sample company's seeds; then the history.

        Raises:
            KpiWarehouseError: the exports folder or its mapping cannot be used.
        """
        from orchestration import landing

        self.landed = True
        with self.progress.phase("landing"):
            self.paths.build_dir.mkdir(parents=True, exist_ok=True)
            if self.paths.exports_dir is None:
                landing.drop_landed_views(self.paths.build_file)
                dbt_vars: Mapping[str, Any] = {}
            else:
                self.landing = landing.land(
                    self.paths.exports_dir,
                    landing.contracts_from_manifest(self.manifest),
                    self.paths.build_file,
                    self.paths.archive_dir,
                    lambda text: self.progress.detail("landing", text),
                )
                dbt_vars = self.landing.vars
            self.paths.state_file.write_text(
                json.dumps({"door": self.door, "dbt_vars": dbt_vars}, default=str)
            )
            self._land_history()

    def build(
        self, select: Sequence[str] | None = None, on_node: Callable[[int, int], None] | None = None
    ) -> None:
        """Build and check the tables; the outcome is in `results`, `audit` and `facts`, also when checks failed.

        Args:
            select: dbt selectors of a part; None builds everything.
            on_node: told how many nodes of how many are done.
        """
        self.whole = select is None
        total = (
            len(select)
            if select is not None
            else len([*read.built_nodes(self.manifest), *read.check_nodes(self.manifest)])
        )
        done = 0

        def finished(event: NodeEvent) -> None:
            nonlocal done
            done += 1
            self.progress.step("build", done, total, event.unique_id.split(".")[2])
            if on_node is not None:
                on_node(done, total)

        with self.progress.phase("build"):
            self.results = build(self.paths, self.project, self.dbt_vars(), select, finished)
        with self.progress.phase("audit"):
            self.audit = audit(self.manifest, self.results, self.paths.build_file)
            built = {result.unique_id for result in self.results if result.status == "success"}
            tables = [read.table_of(node) for node in read.built_nodes(self.manifest)]
            self.facts = table_facts(self.paths.build_file, tables) if built else {}
            self.measured_as_of = summary.as_of(
                self.paths.build_file, read.table_with_meta(self.manifest, "as_of")
            )

    def require_clean_audit(self) -> None:
        """Stop here unless every table was built and every blocking check passed.

        Raises:
            CheckFailed: with the words for the person who has to act.
        """
        if self.audit is None or not self.audit.ok:
            raise CheckFailed(blocking_message(self.audit) if self.audit else "Nothing was built.")

    def publish(self) -> publishing.Release:
        """Write, verify and flip to a release of what this refresh has built.

        Raises:
            CheckFailed: a blocking check failed.
            PublishError: only a part was built, or the release could not be written.
        """
        if not self.whole:
            raise PublishError(
                "Only a whole refresh is published: materialize all assets (job `refresh`), or leave `published` out."
            )
        self.require_clean_audit()
        with self.progress.phase("publish"):
            record = self.record(refresh_log.PUBLISHED)
            self.release = publishing.publish(
                self.paths,
                read.public_tables(self.manifest),
                record,
                read.table_with_meta(self.manifest, "refresh_log"),
                keep=int(self.setting("publish_keep_releases", DEFAULT_KEEP)),
            )
            refresh_log.append(self.paths.refresh_log_file, record)
        return self.release

    def close(self) -> None:
        """Write a whole refresh that did not get as far as a release to the history."""
        if self.release is None and (self.whole or (self.landed and self.error is not None)):
            refresh_log.append(self.paths.refresh_log_file, self.record(refresh_log.FAILED))

    def summary(self) -> summary.Summary:
        """The closing lines' content, for a refresh that was published."""
        if self.release is None or self.audit is None:
            raise PublishError("There is no release to summarise.")
        return summary.Summary(
            door=f"{self.door} {self.paths.exports_dir}" if self.paths.exports_dir else self.door,
            as_of=self.measured_as_of,
            release=self.release,
            audit=self.audit,
            reconciliation=summary.reconciliation_totals(
                self.release, read.table_with_meta(self.manifest, "reconciliation")
            ),
            figures=summary.figures(self.release, read.headlines(self.manifest)),
            landing_warnings=[str(warning) for warning in getattr(self.landing, "warnings", ())],
            currency=str(self.setting("reporting_currency", "")),
        )

    def dbt_vars(self) -> dict[str, Any]:
        """Variables for this build: those of the exports' mapping, and the date asked for."""
        try:
            found: dict[str, Any] = dict(json.loads(self.paths.state_file.read_text())["dbt_vars"])
        except (OSError, ValueError, KeyError):
            found = {}
        if self.as_of is not None:
            found["as_of"] = self.as_of.isoformat()
        return found

    def setting(self, name: str, default: Any) -> Any:
        """A dbt variable as this build sees it."""
        value = {**project_vars(self.paths), **self.dbt_vars()}.get(name)
        return default if value is None else value

    def record(self, status: str) -> refresh_log.RefreshRecord:
        """This refresh as a row of the history."""
        return refresh_log.RefreshRecord(
            refresh_id=self.refresh_id,
            started_at=self.started_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            finished_at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            as_of=self.measured_as_of or (self.as_of.isoformat() if self.as_of else None),
            status=status,
            door=self.door,
            checks_passed_count=self.audit.passed if self.audit else 0,
            checks_failed_count=self.audit.failed_count if self.audit else 0,
            published_version=self.refresh_id if status == refresh_log.PUBLISHED else None,
        )

    def _land_history(self) -> None:
        model = read.table_with_meta(self.manifest, "refresh_log")
        seed = read.seed_behind(self.manifest, model.unique_id) if model else None
        if seed is None:
            return
        records = refresh_log.read(self.paths.refresh_log_file)
        current = publishing.current_release(self.paths)
        if current is not None and all(record.refresh_id != current.release_id for record in records):
            # The process died between the flip and its line in the history.
            records.append(publishing.record_of(current))
            refresh_log.append(self.paths.refresh_log_file, records[-1])
        refresh_log.land(self.paths.build_file, seed, records)


def new_refresh_id(now: datetime | None = None) -> str:
    """Name of a refresh and of its release; names sort by time."""
    return f"{(now or datetime.now(UTC)).strftime('%Y%m%dT%H%M%SZ')}-{secrets.token_hex(2)}"


def project_vars(paths: ProjectPaths) -> dict[str, Any]:
    """`vars:` of dbt_project.yml.

    Raises:
        ConfigurationError: the file is not YAML.
    """
    try:
        content = yaml.safe_load((paths.root / PROJECT_FILE).read_text()) or {}
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{paths.root / PROJECT_FILE} is not valid YAML: {error}") from error
    return dict(content.get("vars") or {})
