-- One row per sign-up, activation or cancellation of a customer, up to as_of.
with

unioned as (
    {{ union_staged(['stg_generic__customer_event'], [
        'source_system',
        'event_id',
        'customer_source_system',
        'customer_id',
        'account_id',
        'kind',
        'occurred_at',
        'reason',
        'source',
        'plan',
    ]) }}
)

select unioned.*
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.occurred_at < as_of.as_of_at
