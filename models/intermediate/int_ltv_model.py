"""One row: the fitted BG/NBD (purchases, in weeks) and Gamma-Gamma (value) models, or the reason why there is none."""


def model(dbt, session):
    """Fit both models on sufficient statistics; the mathematics is in the package of that name."""
    from mathematics.customers import fitted_models

    dbt.config(materialized="table")
    customers = dbt.ref("int_customer_purchase")
    histories = customers.aggregate(
        "repeat_purchases_count as x, last_purchase_weeks as t_x, age_weeks as age, count(*) as customers",
        "repeat_purchases_count, last_purchase_weeks, age_weeks",
    ).order("x, t_x, age")
    repeaters = customers.filter("repeat_purchases_count > 0 and repeat_value_base > 0")
    values = repeaters.project("repeat_purchases_count as x, repeat_value_base as mean").order("x, mean")
    row = fitted_models(histories.fetchnumpy(), values.fetchnumpy())
    texts = ("status", "value_status")
    columns = ", ".join(f"?::{'varchar' if name in texts else 'double'} as {name}" for name in row)
    session.execute(f"create or replace temp table fitted_ltv_model as select {columns}", list(row.values()))
    return session.table("fitted_ltv_model")
