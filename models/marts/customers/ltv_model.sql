-- One row per fitted model pair (the company's customers): parameters of BG/NBD and Gamma-Gamma, or why there are none.
select
    'all' as segment,
    status,
    value_status,
    r,
    alpha,
    a,
    b,
    p,
    q,
    v,
    log_likelihood,
    log_likelihood_value,
    cast(customers_count as bigint) as customers_count,
    cast(repeat_customers_count as bigint) as repeat_customers_count
from {{ ref('int_ltv_model') }}
