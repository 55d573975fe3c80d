"""Products, campaigns and cohorts: the tables against the simulator's own counts."""

from __future__ import annotations

from tests.warehouse.truth_comparison import MONEY, PERIOD, Company, Comparison


def test_lines_of_won_lost_and_open_deals_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        "select outcome, count(*), sum(quantity), sum(amount_base) from sales.fct_order_line group by outcome",
        keys=1,
    )
    for outcome, truth in company.truth["order_lines"].items():
        found = table.get((outcome,), (None,) * 3)
        comparison.each(outcome, found, truth, "lines_count units amount_eur")
    comparison.assert_no_difference(at_least=9)


def test_units_and_revenue_of_every_product_and_month_are_the_true_ones(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        f"""
        select product_id, {PERIOD}, lines_count, units, revenue_base, all_products_revenue_base
        from sales.kpi_product_sales""",
        keys=2,
    )
    truth_of = company.truth["product_sales"]
    for product_id, periods in truth_of.items():
        if product_id == "all":
            continue
        for period, truth in periods.items():
            found = table.get((product_id, period), (None,) * 4)
            comparison.each((product_id, period), found[:3], truth, "lines_count units revenue_eur")
            comparison.each((product_id, period, "all"), found[3:], truth_of["all"][period], "revenue_eur")
    comparison.nothing_else(table, [(name, period) for name in truth_of for period in truth_of[name]])
    comparison.assert_no_difference(at_least=500)


def test_what_leads_opportunities_and_customers_of_every_campaign_cost_is_the_true_one(
    company: Company,
) -> None:
    comparison = Comparison()
    columns = (
        "spend_base, leads_count, opportunities_count, won_deals_count, customers_count, cost_per_lead_base"
    )
    keys = (
        "spend_eur leads_count credited_opportunities_count credited_won_count credited_customers_count"
        " cost_per_lead_eur"
    )
    table = company.table(
        f"select platform, campaign_id, {PERIOD}, {columns} from marketing.kpi_campaign_cost", keys=3
    )
    truth_of = company.truth["campaign_costs"]
    expected = {
        (platform, campaign_id, period): truth
        for platform, campaigns in truth_of.items()
        for campaign_id, periods in campaigns.items()
        for period, truth in periods.items()
        if platform != "all"
    }
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (0, 0, 0, 0, 0, None)), truth, keys, tolerance=MONEY)
    comparison.nothing_else(table, expected)
    totals = company.table(
        f"""
        select {PERIOD}, sum(spend_base), sum(leads_count), sum(opportunities_count), sum(won_deals_count),
               sum(customers_count)
        from marketing.kpi_campaign_cost group by all""",
        keys=1,
    )
    for period, truth in truth_of["all"]["all"].items():
        found = totals.get((period,), (None,) * 5)
        comparison.each(period, found, truth, keys.rsplit(" ", 1)[0])
    comparison.assert_no_difference(at_least=500)


def test_cohorts_keep_buying_and_are_worth_what_they_truly_are(company: Company) -> None:
    comparison = Comparison()
    table = company.table(
        """
        select cast(cohort_month as varchar), age_months, customers_count, active_count, retention_rate,
               cumulative_value_base, cumulative_value_per_customer_base
        from customers.kpi_cohort_ltv where scope_kind = 'all'""",
        keys=2,
    )
    keys = (
        "customers_count active_count retention_rate cumulative_value_eur cumulative_value_per_customer_eur"
    )
    expected = {
        (cohort, int(age)): truth
        for cohort, ages in company.truth["cohorts"].items()
        for age, truth in ages.items()
    }
    for key, truth in expected.items():
        comparison.each(key, table.get(key, (None,) * 5), truth, keys, tolerance=MONEY)
    comparison.nothing_else(table, expected)
    comparison.assert_no_difference(at_least=1000)
