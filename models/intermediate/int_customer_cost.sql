-- One row per cost of winning, serving or keeping a customer, up to as_of.
with

unioned as (
    {{ union_staged(['stg_generic__customer_cost'], [
        'source_system',
        'cost_id',
        'customer_source_system',
        'customer_id',
        'incurred_on',
        'kind',
        'amount',
        'currency',
    ]) }}
)

select
    unioned.source_system,
    unioned.cost_id,
    unioned.customer_source_system,
    unioned.customer_id,
    unioned.incurred_on,
    unioned.kind,
    unioned.amount,
    {{ currency_or_default('unioned.currency') }} as currency,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.incurred_on <= as_of.as_of_on
