"""The dictionary names every KPI of the catalogue and where it is published, and nothing that is not there."""

from __future__ import annotations

from orchestration.manifest import headlines
from tests.conftest import Warehouse

# The KPIs that the company asked for; the dictionary may have variants beside them.
CATALOGUE = [
    "leads_created",
    "lead_growth_rate",
    "lead_quality",
    "close_rate",
    "stage_conversion",
    "stage_dwell",
    "lead_to_customer_time",
    "deal_count",
    "average_deal_size",
    "win_rate",
    "sales_cycle",
    "sales_velocity",
    "open_pipeline",
    "pipeline_movement",
    "pipeline_coverage",
    "loss_reasons",
    "product_sales",
    "activity_volume",
    "value_added_calls",
    "call_conversion",
    "response_time",
    "response_lift",
    "first_contact_resolution",
    "quote_turnaround",
    "satisfaction",
    "nps",
    "average_order_value",
    "arpu",
    "total_customer_value",
    "customer_ltv",
    "cohort_ltv",
    "repeat_purchase",
    "customer_retention",
    "customer_journey",
    "revenue_retention",
    "cac",
    "revenue_growth",
    "roas",
    "attribution",
    "ad_frequency",
    "engagement_rate",
    "conversion_rate",
    "channel_mix",
    "campaign_cost",
    "partner_scorecard",
    "partner_quality",
    "deal_success",
    "leaderboard",
    "target_attainment",
    "content_effect",
    "training_effect",
]
# They hold all KPIs, so no KPI is at home in them.
WITHOUT_A_KPI = {"management.kpi_dictionary", "management.kpi_value"}
# Told by a table that is finer than period and scope: kpi_value has the sum of its rows.
SUMMED = {"loss_reasons"}


def test_every_kpi_of_the_catalogue_is_an_entry_of_its_own(sample: Warehouse) -> None:
    entries = dict(sample.rows("select kpi_id, part_of from management.kpi_dictionary"))
    assert len(set(CATALOGUE)) == 51
    assert {kpi_id for kpi_id, part_of in entries.items() if kpi_id == part_of} == set(CATALOGUE)
    assert set(entries.values()) <= set(CATALOGUE)


def test_every_entry_is_named_in_three_languages_classified_and_owned(sample: Warehouse) -> None:
    columns = "label_en, label_tr, label_zh, definition, unit, direction, effect_class, time_class, subject_class, owner"
    for kpi_id, *values in sample.rows(f"select kpi_id, {columns} from management.kpi_dictionary"):
        assert all(values), f"{kpi_id}: {values}"
    labels = sample.one(
        "select label_en, label_tr, label_zh from management.kpi_dictionary where kpi_id = 'win_rate'"
    )
    assert labels == ("Win rate", "Kazanma oranı", "赢单率")


def test_the_table_and_the_column_of_every_entry_are_published_with_such_rows(sample: Warehouse) -> None:
    published = set(
        sample.rows("select table_schema || '.' || table_name, column_name from information_schema.columns")
    )
    entries = sample.rows('select kpi_id, "table", "column", row_filter from management.kpi_dictionary')
    missing = [
        f"{kpi_id}: {table}.{column}"
        for kpi_id, table, column, _ in entries
        if (table, column) not in published
    ]
    assert not missing
    for kpi_id, table, column, row_filter in entries:
        found = sample.one(f'select count("{column}") from {table} where {row_filter or "true"}')
        assert found[0] > 0, f"{kpi_id}: {table} has no {column} where {row_filter}"


def test_every_published_kpi_table_is_named_by_an_entry(sample: Warehouse) -> None:
    published = {
        name
        for (name,) in sample.rows(
            "select table_schema || '.' || table_name from information_schema.tables where table_name like 'kpi~_%' escape '~'"
        )
    }
    named = {table for (table,) in sample.rows('select distinct "table" from management.kpi_dictionary')}
    assert published - named == WITHOUT_A_KPI


def test_a_value_of_kpi_value_is_the_one_in_the_column_that_the_dictionary_names(sample: Warehouse) -> None:
    for kpi_id, table, column, row_filter in sample.rows(
        'select kpi_id, "table", "column", row_filter from management.kpi_dictionary where is_in_kpi_value'
    ):
        names = {
            name
            for (name,) in sample.rows(
                "select column_name from information_schema.columns where table_schema || '.' || table_name = ?",
                [table],
            )
        }
        if not {"scope_kind", "scope_id", "period_kind", "period_month"} <= names:
            continue  # a table with keys of its own, such as partners or campaigns
        told = (
            f'list(cast("{column}" as double))'
            if kpi_id not in SUMMED
            else f'[cast(sum("{column}") as double)]'
        )
        differences, compared = sample.one(
            f"""
            with told as (
                select period_kind, period_month, scope_kind, scope_id, {told} as "values"
                from {table} where {row_filter or "true"} group by all
            ),
            repeated as (
                select period_kind, period_month, scope_kind, scope_id, list_sort(list(value)) as "values"
                from management.kpi_value where kpi_id = ? and value is not null group by all
            )
            select
                count(*) filter (where not list_has_all(repeated."values", list_filter(told."values", lambda x: x is not null))),
                count(*) filter (where len(repeated."values") > 0)
            from told
            left join repeated
                on told.period_kind = repeated.period_kind and told.period_month is not distinct from repeated.period_month
                and told.scope_kind = repeated.scope_kind and told.scope_id = repeated.scope_id
            """,
            [kpi_id],
        )
        assert (differences, compared > 0) == (0, True), kpi_id


def test_every_measure_is_in_the_dictionary(sample: Warehouse) -> None:
    measured = {kpi for (kpi,) in sample.rows("select distinct kpi_id from management.kpi_value")}
    told = {
        kpi for (kpi,) in sample.rows("select kpi_id from management.kpi_dictionary where is_in_kpi_value")
    }
    assert measured == told


def test_the_headlines_of_a_refresh_are_a_screenful_in_a_set_order(sample: Warehouse) -> None:
    shown = headlines(sample.manifest)
    places = [headline.order for headline in shown]
    assert 12 <= len(shown) <= 20
    assert len(set(places)) == len(places), "two headlines want the same place"
    printed = sample.summary.split("Headlines\n")[1].split("\n\n")[0].splitlines()
    for line, headline in zip(printed, shown, strict=True):
        assert line.strip().startswith(headline.label)
        assert "no data" not in line
        assert "cannot be computed" not in line


def test_the_sample_companys_own_targets_can_all_be_measured(sample: Warehouse) -> None:
    assert sample.one("select count(*), count(problem) from management.kpi_target_attainment")[1] == 0
    assert "can_measure_every_target" not in sample.summary
    assert "The target is not measured" not in sample.summary
