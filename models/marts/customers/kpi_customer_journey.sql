-- One row per period (month of the customer's first sign-up: a cohort) and scope: who signed up, who of them was activated and who cancelled, each customer once for each kind.
-- Activations and cancellations of customers without an exported sign-up belong to no cohort: they are counted apart, in the month in which they happened.
with

firsts as (
    select
        kind,
        cohort_on,
        has_signed_up,
        cohort_source as source,
        cohort_plan as plan,
        is_mature
    from {{ ref('fct_customer_event') }}
    where is_first_of_kind
),

by_period as (
    {{ by_period('firsts', 'cohort_on') }}
),

by_scope as (
    {{ scoped('by_period', journey_scopes()) }}
),

counted as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) filter (where kind = 'sign_up') as signups_count,
        count(*) filter (where kind = 'activation' and has_signed_up) as activations_count,
        count(*) filter (where kind = 'cancellation' and has_signed_up) as cancellations_count,
        count(*) filter (where kind = 'activation' and not has_signed_up) as unsigned_activations_count,
        count(*) filter (where kind = 'cancellation' and not has_signed_up) as unsigned_cancellations_count,
        count(*) filter (where kind = 'sign_up' and is_mature) as mature_signups_count,
        count(*) filter (where kind = 'activation' and has_signed_up and is_mature) as mature_activations_count,
        count(*) filter (where kind = 'cancellation' and has_signed_up and is_mature) as mature_cancellations_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

spine as (
    {{ period_spine(['counted']) }}
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.scope_kind,
        spine.scope_id,
        coalesce(counted.signups_count, 0) as signups_count,
        coalesce(counted.activations_count, 0) as activations_count,
        coalesce(counted.cancellations_count, 0) as cancellations_count,
        coalesce(counted.unsigned_activations_count, 0) as unsigned_activations_count,
        coalesce(counted.unsigned_cancellations_count, 0) as unsigned_cancellations_count,
        coalesce(counted.mature_signups_count, 0) as mature_signups_count,
        coalesce(counted.mature_activations_count, 0) as mature_activations_count,
        coalesce(counted.mature_cancellations_count, 0) as mature_cancellations_count
    from spine
    left join counted
        on {{ same_period_and_scope('spine', 'counted') }}
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    signups_count,
    activations_count,
    {{ rate_columns('activation', 'activations_count', 'signups_count') }},
    cancellations_count,
    {{ rate_columns('cancellation', 'cancellations_count', 'signups_count') }},
    mature_signups_count,
    mature_activations_count,
    {{ rate_columns('mature_activation', 'mature_activations_count', 'mature_signups_count') }},
    mature_cancellations_count,
    {{ rate_columns('mature_cancellation', 'mature_cancellations_count', 'mature_signups_count') }},
    unsigned_activations_count,
    unsigned_cancellations_count,
    signups_count > 0 and mature_signups_count = signups_count as is_mature
from filled
