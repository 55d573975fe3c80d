-- One row per period and scope: first-contact resolution, value-added calls, satisfaction, recommendation and the turnaround of quotes.
-- Requests count in the month they arrive, answers in the month they are given, surveys sent in the month they are sent, quotes in the month they are first asked for.
with

requests as (
    select
        owner_id as rep_id,
        team,
        region,
        requested_on,
        is_mature,
        is_first_contact_resolved
    from {{ ref('fct_request') }}
),

requests_by_period as (
    {{ by_period('requests', 'requested_on') }}
),

requests_by_scope as (
    {{ scoped('requests_by_period', service_scopes()) }}
),

resolutions as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as requests_count,
        count(*) filter (where is_mature) as mature_requests_count,
        count(is_first_contact_resolved) filter (where is_mature) as contacts_known_count,
        count(*) filter (where is_mature and is_first_contact_resolved) as first_contact_resolved_count
    from requests_by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

answers as (
    select
        rep_id,
        team,
        region,
        answered_on,
        scaled_score,
        is_satisfied,
        is_low_score,
        is_promoter,
        is_detractor,
        is_resolved,
        reason
    from {{ ref('fct_survey') }}
),

answers_by_period as (
    {{ by_period('answers', 'answered_on') }}
),

answers_by_scope as (
    {{ scoped('answers_by_period', service_scopes()) }}
),

voices as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(is_satisfied) as satisfaction_answers_count,
        sum(scaled_score) as satisfaction_sum,
        count(*) filter (where is_satisfied) as satisfied_count,
        count(*) filter (where is_low_score) as low_score_count,
        count(is_resolved) as resolution_answers_count,
        count(*) filter (where is_resolved) as resolution_confirmed_count,
        count(is_promoter) as nps_answers_count,
        count(*) filter (where is_promoter) as promoters_count,
        count(*) filter (where is_detractor) as detractors_count
    from answers_by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

reasons as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        string_agg(reason || ' (' || answers_count || ')', '; ' order by place) as top_low_score_reasons
    from (
        select
            period_kind,
            period_month,
            scope_kind,
            scope_id,
            reason,
            count(*) as answers_count,
            row_number() over (
                partition by period_kind, period_month, scope_kind, scope_id
                order by count(*) desc, reason
            ) as place
        from answers_by_scope
        where is_low_score and reason is not null
        group by period_kind, period_month, scope_kind, scope_id, reason
    ) as ranked
    where place <= 3
    group by period_kind, period_month, scope_kind, scope_id
),

surveys_sent as (
    select
        crm_source_system,
        rep_id,
        survey_kind,
        {{ local_date('coalesce(sent_at, answered_at)') }} as sent_on,
        is_answered
    from {{ ref('int_survey') }}
    where is_sent_known
),

surveys_with_team as (
    {{ with_team('surveys_sent', 'crm_source_system', 'rep_id', 'sent_on') }}
),

surveys_by_period as (
    {{ by_period('surveys_with_team', 'sent_on') }}
),

surveys_by_scope as (
    {{ scoped('surveys_by_period', service_scopes()) }}
),

surveys as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as surveys_sent_count,
        count(*) filter (where is_answered) as surveys_answered_count,
        count(*) filter (where survey_kind = 'satisfaction') as satisfaction_surveys_sent_count,
        count(*) filter (where survey_kind = 'satisfaction' and is_answered) as satisfaction_surveys_answered_count
    from surveys_by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

calls as (
    select
        rep_id,
        team,
        region,
        occurred_on,
        is_value_added_call
    from {{ ref('fct_activity') }}
    where is_judged_call
),

calls_by_period as (
    {{ by_period('calls', 'occurred_on') }}
),

calls_by_scope as (
    {{ scoped('calls_by_period', service_scopes()) }}
),

conversations as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as connected_calls_count,
        count(*) filter (where is_value_added_call) as value_added_calls_count
    from calls_by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

quote_revisions as (
    select * from {{ ref('fct_quote') }}
),

quotes_by_period as (
    {{ by_period('quote_revisions', 'quote_requested_on') }}
),

quotes_by_scope as (
    {{ scoped('quotes_by_period', service_scopes()) }}
),

quotes as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) filter (where is_first) as quotes_requested_count,
        count(*) filter (where is_first and not is_sent) as open_quotes_count,
        count(*) filter (where is_first and is_sent) as first_quotes_sent_count,
        count(since_first_request_minutes) filter (where is_first) as first_quote_timed_count,
        sum(since_first_request_minutes) filter (where is_first) as first_quote_minutes,
        {{ percentile_of_minutes('case when is_first then since_first_request_minutes end', 0.5) }} as first_quote_p50_minutes,
        {{ percentile_of_minutes('case when is_first then since_first_request_minutes end', 0.9) }} as first_quote_p90_minutes,
        count(since_first_request_business_minutes) filter (where is_first) as first_quote_business_timed_count,
        sum(since_first_request_business_minutes) filter (where is_first) as first_quote_business_minutes,
        {{ percentile_of_minutes('case when is_first then since_first_request_business_minutes end', 0.5) }} as first_quote_p50_business_minutes,
        {{ percentile_of_minutes('case when is_first then since_first_request_business_minutes end', 0.9) }} as first_quote_p90_business_minutes,
        count(*) filter (where is_final and is_sent) as final_quotes_sent_count,
        count(since_first_request_minutes) filter (where is_final) as final_quote_timed_count,
        sum(since_first_request_minutes) filter (where is_final) as final_quote_minutes,
        {{ percentile_of_minutes('case when is_final then since_first_request_minutes end', 0.5) }} as final_quote_p50_minutes,
        {{ percentile_of_minutes('case when is_final then since_first_request_minutes end', 0.9) }} as final_quote_p90_minutes,
        count(since_first_request_business_minutes) filter (where is_final) as final_quote_business_timed_count,
        sum(since_first_request_business_minutes) filter (where is_final) as final_quote_business_minutes,
        {{ percentile_of_minutes('case when is_final then since_first_request_business_minutes end', 0.5) }} as final_quote_p50_business_minutes,
        {{ percentile_of_minutes('case when is_final then since_first_request_business_minutes end', 0.9) }} as final_quote_p90_business_minutes
    from quotes_by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

spine as (
    {{ period_spine(['resolutions', 'voices', 'surveys', 'conversations', 'quotes']) }}
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.scope_kind,
        spine.scope_id,
        coalesce(resolutions.requests_count, 0) as requests_count,
        coalesce(resolutions.mature_requests_count, 0) as mature_requests_count,
        coalesce(resolutions.contacts_known_count, 0) as contacts_known_count,
        coalesce(resolutions.first_contact_resolved_count, 0) as first_contact_resolved_count,
        coalesce(voices.resolution_answers_count, 0) as resolution_answers_count,
        coalesce(voices.resolution_confirmed_count, 0) as resolution_confirmed_count,
        coalesce(conversations.connected_calls_count, 0) as connected_calls_count,
        coalesce(conversations.value_added_calls_count, 0) as value_added_calls_count,
        coalesce(voices.satisfaction_answers_count, 0) as satisfaction_answers_count,
        voices.satisfaction_sum,
        coalesce(voices.satisfied_count, 0) as satisfied_count,
        coalesce(voices.low_score_count, 0) as low_score_count,
        reasons.top_low_score_reasons,
        coalesce(surveys.surveys_sent_count, 0) as surveys_sent_count,
        coalesce(surveys.surveys_answered_count, 0) as surveys_answered_count,
        coalesce(surveys.satisfaction_surveys_sent_count, 0) as satisfaction_surveys_sent_count,
        coalesce(surveys.satisfaction_surveys_answered_count, 0) as satisfaction_surveys_answered_count,
        coalesce(voices.nps_answers_count, 0) as nps_answers_count,
        coalesce(voices.promoters_count, 0) as promoters_count,
        coalesce(voices.detractors_count, 0) as detractors_count,
        coalesce(quotes.quotes_requested_count, 0) as quotes_requested_count,
        coalesce(quotes.open_quotes_count, 0) as open_quotes_count,
        coalesce(quotes.first_quotes_sent_count, 0) as first_quotes_sent_count,
        coalesce(quotes.first_quote_timed_count, 0) as first_quote_timed_count,
        quotes.first_quote_minutes,
        quotes.first_quote_p50_minutes,
        quotes.first_quote_p90_minutes,
        coalesce(quotes.first_quote_business_timed_count, 0) as first_quote_business_timed_count,
        quotes.first_quote_business_minutes,
        quotes.first_quote_p50_business_minutes,
        quotes.first_quote_p90_business_minutes,
        coalesce(quotes.final_quotes_sent_count, 0) as final_quotes_sent_count,
        coalesce(quotes.final_quote_timed_count, 0) as final_quote_timed_count,
        quotes.final_quote_minutes,
        quotes.final_quote_p50_minutes,
        quotes.final_quote_p90_minutes,
        coalesce(quotes.final_quote_business_timed_count, 0) as final_quote_business_timed_count,
        quotes.final_quote_business_minutes,
        quotes.final_quote_p50_business_minutes,
        quotes.final_quote_p90_business_minutes
    from spine
    left join resolutions
        on {{ same_period_and_scope('spine', 'resolutions') }}
    left join voices
        on {{ same_period_and_scope('spine', 'voices') }}
    left join reasons
        on {{ same_period_and_scope('spine', 'reasons') }}
    left join surveys
        on {{ same_period_and_scope('spine', 'surveys') }}
    left join conversations
        on {{ same_period_and_scope('spine', 'conversations') }}
    left join quotes
        on {{ same_period_and_scope('spine', 'quotes') }}
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    requests_count,
    mature_requests_count,
    contacts_known_count,
    first_contact_resolved_count,
    {{ rate_columns('first_contact_resolution', 'first_contact_resolved_count', 'contacts_known_count') }},
    resolution_answers_count,
    resolution_confirmed_count,
    {{ rate_columns('surveyed_resolution', 'resolution_confirmed_count', 'resolution_answers_count') }},
    connected_calls_count,
    value_added_calls_count,
    {{ rate_columns('value_added_call', 'value_added_calls_count', 'connected_calls_count') }},
    satisfaction_answers_count,
    cast(satisfaction_sum as double) as satisfaction_sum,
    {{ divide('satisfaction_sum', 'satisfaction_answers_count') }} as satisfaction_mean,
    satisfied_count,
    {{ rate_columns('satisfied', 'satisfied_count', 'satisfaction_answers_count') }},
    low_score_count,
    top_low_score_reasons,
    surveys_sent_count,
    surveys_answered_count,
    {{ rate_columns('survey_response', 'surveys_answered_count', 'surveys_sent_count') }},
    satisfaction_surveys_sent_count,
    satisfaction_surveys_answered_count,
    {{ rate_columns('satisfaction_response', 'satisfaction_surveys_answered_count', 'satisfaction_surveys_sent_count') }},
    nps_answers_count,
    promoters_count,
    nps_answers_count - promoters_count - detractors_count as passives_count,
    detractors_count,
    {{ divide('promoters_count - detractors_count', 'nps_answers_count') }} as nps_ratio,
    quotes_requested_count,
    open_quotes_count,
    first_quotes_sent_count,
    first_quote_timed_count,
    first_quote_minutes,
    {{ divide('first_quote_minutes', 'first_quote_timed_count') }} as first_quote_mean_minutes,
    first_quote_p50_minutes,
    first_quote_p90_minutes,
    first_quote_business_timed_count,
    first_quote_business_minutes,
    {{ divide('first_quote_business_minutes', 'first_quote_business_timed_count') }} as first_quote_mean_business_minutes,
    first_quote_p50_business_minutes,
    first_quote_p90_business_minutes,
    final_quotes_sent_count,
    final_quote_timed_count,
    final_quote_minutes,
    {{ divide('final_quote_minutes', 'final_quote_timed_count') }} as final_quote_mean_minutes,
    final_quote_p50_minutes,
    final_quote_p90_minutes,
    final_quote_business_timed_count,
    final_quote_business_minutes,
    {{ divide('final_quote_business_minutes', 'final_quote_business_timed_count') }} as final_quote_mean_business_minutes,
    final_quote_p50_business_minutes,
    final_quote_p90_business_minutes,
    requests_count > 0 and mature_requests_count = requests_count as is_mature
from filled
