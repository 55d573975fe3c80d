"""A dbt project of a few nodes, for tests of the orchestrator that need dbt but not the warehouse."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestration.paths import ProjectPaths

REPOSITORY = Path(__file__).resolve().parents[2]

DEALS = """Id,OwnerId,Amount,IsWon,CreatedDate
D1,U1,100.50,true,2024-01-01
D2,U1,20,false,2024-01-05
D3,U2,300,true,2024-02-01
D4,U2,40,false,2024-02-11
"""

FILES = {
    "dbt_project.yml": """
name: toy
version: "1.0"
profile: toy
vars: {as_of: null, reporting_currency: EUR, reporting_time_zone: Europe/Istanbul, refresh_cron: "15 4 * * *", limit_amount: 1000}
seeds: {toy: {+schema: raw}}
models:
  toy:
    intermediate: {+schema: intermediate, +materialized: table}
    marts: {+materialized: table, +access: public, sales: {+schema: sales}, quality: {+schema: quality}}
""",
    "profiles.yml": """
toy:
  target: duckdb
  outputs:
    duckdb: {type: duckdb, path: "{{ env_var('KPI_BUILD_DIR', 'build') }}/kpi.duckdb", threads: 1}
""",
    "seeds/crm/crm__deal.csv": DEALS,
    "seeds/crm/crm__user.csv": "Id,Name\nU1,Ann\nU2,Bob\n",
    "seeds/landing/landing__refresh_log.csv": (
        "refresh_id,started_at,finished_at,as_of,status,door,checks_passed_count,checks_failed_count,published_version\n"
    ),
    "seeds/seeds.yml": """
seeds:
  - name: crm__deal
    description: Deals as exported.
    config: {meta: {export: {system: crm, object: deal, native_name: Deal, key: [Id]}}}
    columns:
      - {name: Id, config: {meta: {required: true}}}
      - {name: OwnerId}
      - {name: Amount, config: {meta: {type: decimal}}}
      - {name: IsWon, config: {meta: {type: boolean}}}
      - {name: CreatedDate, config: {meta: {type: date, past_event: true}}}
  - name: crm__user
    description: Users as exported.
    config: {meta: {export: {system: crm, object: user, native_name: User, key: [Id]}}}
    columns:
      - {name: Id, config: {meta: {required: true}}}
      - {name: Name}
  - name: landing__refresh_log
    description: Refreshes so far.
""",
    "models/intermediate/int_deal.sql": """
select
    d.Id as deal_id,
    u.Name as owner_name,
    cast(d.Amount as decimal(18, 2)) as amount,
    cast(d.IsWon as boolean) as is_won,
    cast(d.CreatedDate as date) as created_on,
    d._export_file,
    d._export_record
from {{ ref('crm__deal') }} as d
left join {{ ref('crm__user') }} as u on u.Id = d.OwnerId
""",
    "models/intermediate/int_as_of.sql": """
{%- set as_of = var('as_of') %}
select {% if as_of %}cast('{{ as_of }}' as date){% else %}max(created_on){% endif %} as as_of_on
from {{ ref('int_deal') }}
""",
    "models/marts/sales/fct_deal.sql": """
with deal as (select * from {{ ref('int_deal') }})
select deal_id, owner_name, amount, is_won, created_on, _export_file, _export_record
from deal
""",
    "models/marts/sales/kpi_win_rate.sql": """
select
    owner_name as scope_id,
    count(*) filter (where is_won) as won_count,
    count(*) as n,
    round(count(*) filter (where is_won) / count(*), 4) as win_rate
from {{ ref('fct_deal') }}
group by owner_name
order by owner_name
""",
    "models/marts/quality/refresh_log.sql": """
select
    refresh_id,
    cast(started_at as timestamp) as started_at,
    cast(finished_at as timestamp) as finished_at,
    cast(as_of as date) as as_of,
    status,
    door,
    cast(checks_passed_count as integer) as checks_passed_count,
    cast(checks_failed_count as integer) as checks_failed_count,
    published_version
from {{ ref('landing__refresh_log') }}
""",
    "models/marts/quality/export_reconciliation.sql": """
select 'crm' as source_system, count(*) as rows_in, count(*) as rows_staged, 0 as rows_rejected, 0 as difference
from {{ ref('int_deal') }}
""",
    "models/models.yml": """
groups:
  - name: sales
    owner: {name: Sales operations, email: sales.operations@example.com}
models:
  - name: int_as_of
    description: The day everything is measured at.
    config: {meta: {as_of: true}}
  - name: fct_deal
    description: One row per deal.
    config:
      group: sales
      meta: {freshness: {warn_after_hours: 26, fail_after_hours: 50}}
    columns:
      - name: deal_id
        description: Key of the deal.
        data_tests: [unique]
      - {name: amount, description: "Amount in the deal's currency."}
  - name: kpi_win_rate
    description: One row per owner.
    config:
      meta:
        owner: Sales operations
        headlines:
          - {label: Win rate, value: sum(won_count) / sum(n), format: percent, n: sum(n), low: "0.15", high: "0.85"}
          - {label: Deals, value: sum(n), format: number, order: 1}
  - name: refresh_log
    description: One row per refresh.
    config: {meta: {refresh_log: true}}
  - name: export_reconciliation
    description: One row per export file.
    config: {meta: {reconciliation: true}}
""",
    "tests/assert_amount_is_not_negative.sql": """
select deal_id, amount, _export_file, _export_record from {{ ref('fct_deal') }} where amount < 0
""",
    "tests/assert_amount_is_plausible.sql": """
{{ config(severity='warn') }}
select d.deal_id, d.amount, d._export_file, d._export_record
from {{ ref('fct_deal') }} as d
cross join {{ ref('int_as_of') }} as a
where d.amount > {{ var('limit_amount') }}
""",
    "tests/tests.yml": """
data_tests:
  - name: assert_amount_is_not_negative
    description: A deal is never worth less than nothing.
  - name: assert_amount_is_plausible
    description: Deals above the limit are typing errors more often than not.
""",
}


@dataclass(frozen=True)
class ToyProject:
    """A toy project in a folder of its own."""

    paths: ProjectPaths

    @property
    def root(self) -> Path:
        """Its folder."""
        return self.paths.root

    @property
    def deals(self) -> Path:
        """The seed that tests change."""
        return self.root / "seeds/crm/crm__deal.csv"

    @contextmanager
    def with_deals(self, *lines: str) -> Iterator[None]:
        """The sample's deals and `lines` more, for a while."""
        self.deals.write_text(DEALS + "".join(f"{line}\n" for line in lines))
        try:
            yield
        finally:
            self.deals.write_text(DEALS)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """`python -m orchestration ...` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration", *arguments],
            cwd=self.root,
            env=self.environment(**environment),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: Sequence[str], **environment: str) -> subprocess.CompletedProcess[str]:
        """The same, until it ends."""
        return subprocess.run(
            [sys.executable, "-m", "orchestration", *arguments],
            cwd=self.root,
            env=self.environment(**environment),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @staticmethod
    def environment(**extra: str) -> dict[str, str]:
        """The variables of a process that shall know nothing of this machine's settings."""
        ours = ("KPI_", "EXPORTS_DIR", "DAGSTER_", "DBT_")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        return {**inherited, "PYTHONPATH": str(REPOSITORY), **extra}


def make_toy(root: Path) -> ToyProject:
    """Write the project; its macros are the warehouse's own."""
    for name, content in FILES.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content.lstrip("\n"))
    for macro in ("generate_schema_name.sql", "seed_materialization.sql"):
        (root / "macros").mkdir(exist_ok=True)
        shutil.copy(REPOSITORY / "macros" / macro, root / "macros")
    return ToyProject(ProjectPaths.from_environment(root=root, environment={}))
