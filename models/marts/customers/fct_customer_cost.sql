-- One row per cost of winning, serving or keeping a customer.
select
    costs.source_system,
    costs.cost_id,
    costs.customer_source_system,
    costs.customer_id,
    costs.incurred_on,
    costs.kind,
    costs.amount,
    costs.currency,
    {{ in_reporting_currency('costs.amount', 'costs.currency', 'fx.rate') }} as amount_base,
    costs._export_file,
    costs._export_record
from {{ ref('int_customer_cost') }} as costs
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        costs.currency = fx.currency
        and costs.incurred_on = fx.valid_on
