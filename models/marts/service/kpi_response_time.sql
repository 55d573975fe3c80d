-- One row per period (month of the request) and scope: how many requests were answered by a person, and how fast, by calendar and by business hours.
with

requests as (
    select * from {{ ref('fct_request') }}
),

by_period as (
    {{ by_period('requests', 'requested_on') }}
),

by_scope as (
    {{ scoped('by_period', request_scopes()) }}
),

counted as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as requests_count,
        count(*) filter (where is_answered) as answered_count,
        count(*) filter (where not is_answered) as unanswered_count,
        count(*) filter (where is_response_before_request) as response_before_request_count,
        count(*) filter (where is_mature) as mature_requests_count,
        count(*) filter (where is_mature and not is_answered) as mature_unanswered_count,
        count(distinct customer_key) filter (where is_answered) as answered_customers_count,
        sum(response_minutes) as response_minutes,
        {{ percentile_of_minutes('response_minutes', 0.5) }} as response_p50_minutes,
        {{ percentile_of_minutes('response_minutes', 0.9) }} as response_p90_minutes,
        count(*) filter (where is_mature and is_within_1h) as within_1h_count,
        count(*) filter (where is_mature and is_within_24h) as within_24h_count,
        count(response_business_minutes) as answered_business_count,
        count(distinct customer_key) filter (where response_business_minutes is not null) as answered_business_customers_count,
        sum(response_business_minutes) as response_business_minutes,
        {{ percentile_of_minutes('response_business_minutes', 0.5) }} as response_p50_business_minutes,
        {{ percentile_of_minutes('response_business_minutes', 0.9) }} as response_p90_business_minutes,
        count(*) filter (where is_mature and is_within_1h_business is not null) as mature_business_requests_count,
        count(*) filter (where is_mature and is_within_1h_business) as within_1h_business_count,
        count(*) filter (where is_mature and is_within_24h_business) as within_24h_business_count
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
        coalesce(counted.requests_count, 0) as requests_count,
        coalesce(counted.answered_count, 0) as answered_count,
        coalesce(counted.unanswered_count, 0) as unanswered_count,
        coalesce(counted.response_before_request_count, 0) as response_before_request_count,
        coalesce(counted.mature_requests_count, 0) as mature_requests_count,
        coalesce(counted.mature_unanswered_count, 0) as mature_unanswered_count,
        coalesce(counted.answered_customers_count, 0) as answered_customers_count,
        counted.response_minutes,
        counted.response_p50_minutes,
        counted.response_p90_minutes,
        coalesce(counted.within_1h_count, 0) as within_1h_count,
        coalesce(counted.within_24h_count, 0) as within_24h_count,
        coalesce(counted.answered_business_count, 0) as answered_business_count,
        coalesce(counted.answered_business_customers_count, 0) as answered_business_customers_count,
        counted.response_business_minutes,
        counted.response_p50_business_minutes,
        counted.response_p90_business_minutes,
        coalesce(counted.mature_business_requests_count, 0) as mature_business_requests_count,
        coalesce(counted.within_1h_business_count, 0) as within_1h_business_count,
        coalesce(counted.within_24h_business_count, 0) as within_24h_business_count
    from spine
    left join counted
        on {{ same_period_and_scope('spine', 'counted') }}
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    requests_count,
    answered_count,
    unanswered_count,
    response_before_request_count,
    mature_requests_count,
    mature_unanswered_count,
    {{ rate_columns('unanswered', 'mature_unanswered_count', 'mature_requests_count') }},
    answered_customers_count,
    response_minutes,
    {{ divide('response_minutes', 'answered_count') }} as response_mean_minutes,
    {{ divide('response_minutes', 'answered_customers_count') }} as response_per_customer_minutes,
    response_p50_minutes,
    response_p90_minutes,
    within_1h_count,
    {{ rate_columns('within_1h', 'within_1h_count', 'mature_requests_count') }},
    within_24h_count,
    {{ rate_columns('within_24h', 'within_24h_count', 'mature_requests_count') }},
    answered_business_count,
    answered_business_customers_count,
    response_business_minutes,
    {{ divide('response_business_minutes', 'answered_business_count') }} as response_mean_business_minutes,
    {{ divide('response_business_minutes', 'answered_business_customers_count') }} as response_per_customer_business_minutes,
    response_p50_business_minutes,
    response_p90_business_minutes,
    mature_business_requests_count,
    within_1h_business_count,
    {{ rate_columns('within_1h_business', 'within_1h_business_count', 'mature_business_requests_count') }},
    within_24h_business_count,
    {{ rate_columns('within_24h_business', 'within_24h_business_count', 'mature_business_requests_count') }},
    requests_count > 0 and mature_requests_count = requests_count as is_mature
from filled
