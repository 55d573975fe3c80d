"""Contents and trainings: the tables against the simulator's own counts."""

from __future__ import annotations

from tests.warehouse.truth_comparison import MONEY, Company, Comparison

CONTENT = (
    "is_listed uses_count reps_count views_known_count customer_views_count view_seconds ratings_count "
    "rating_mean days_since_last_use is_unused deals_count all_deals_count with_won_count with_closed_count "
    "with_win_rate with_cycle_count with_cycle_mean_days without_won_count without_closed_count "
    "without_win_rate without_cycle_count without_cycle_mean_days"
)
TRAINING = (
    "before_numerator before_n before_value after_numerator after_n after_value is_before_complete is_mature"
)


def test_deals_with_and_without_each_content_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"select content_id, {', '.join(CONTENT.split())} from management.kpi_content_effect", keys=1
    )
    truth_of_contents = company.truth["contents"]
    for content_id, truth in truth_of_contents.items():
        comparison.each(content_id, table.get((content_id,), (None,) * 22), truth, CONTENT)
    comparison.nothing_else(table, [(content_id,) for content_id in truth_of_contents])
    used = [truth for truth in truth_of_contents.values() if truth["uses_count"]]
    assert any(not truth["is_listed"] for truth in used), "no content that was used and deleted"
    assert any(truth["is_unused"] for truth in used), "no content that went out of use"
    assert len(used) < len(truth_of_contents), "no content that was never used"
    comparison.assert_no_difference(at_least=22 * 24)


def test_reps_before_and_after_a_training_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    columns = TRAINING.replace("_value", "")
    table = company.table(
        f"select training_id, rep_id, kpi_id, {', '.join(columns.split())} "
        "from management.kpi_training_effect",
        keys=3,
    )
    expected = {
        (training_id, rep_id, kpi_id): truth
        for training_id, reps in company.truth["trainings"].items()
        for rep_id, kpis in reps.items()
        for kpi_id, truth in kpis.items()
    }
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (None,) * 8), truth, TRAINING, tolerance=MONEY)
    comparison.nothing_else(table, expected)
    differing = company.one(
        """
        select count(*) from management.kpi_training_effect
        where abs(difference - ("after" - "before")) > 1e-9 or (difference is null) <> ("after" + "before" is null)"""
    )
    assert differing == (0,)
    comparison.assert_no_difference(at_least=5000)
