"""One row per distinct history of purchases: the probability of being alive and the purchases expected over the horizon."""


def model(dbt, session):
    """Predict for each distinct history; empty where no model could be fitted."""
    from mathematics.customers import predicted_purchases

    dbt.config(materialized="table")
    fitted = dbt.ref("int_ltv_model")
    row = dict(zip(fitted.columns, fitted.fetchone(), strict=True))
    histories = dbt.ref("int_customer_purchase").project(
        "repeat_purchases_count as x, last_purchase_weeks as t_x, age_weeks as age, horizon_weeks as horizon"
    )
    predictions = predicted_purchases(row, histories.distinct().order("x, t_x, age").fetchnumpy())
    session.register("predicted_purchases", predictions)
    session.execute("create or replace temp table purchase_prediction as select * from predicted_purchases")
    session.unregister("predicted_purchases")
    return session.table("purchase_prediction")
