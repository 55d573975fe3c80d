-- One row per revision of a quote, with the time from the request to the sending; what was never sent keeps its row.
with

quotes as (
    select
        *,
        {{ local_date('quote_requested_at') }} as quote_requested_on
    from {{ ref('int_quote') }}
),

asked as (
    {{ with_business_clock('quotes', 'quote_requested_at') }}
),

asked_again as (
    {{ with_business_clock('asked', 'requested_at') }}
),

clocked as (
    {{ with_business_clock('asked_again', 'sent_at') }}
),

timed as (
    select
        *,
        {{ minutes_between('requested_at', 'sent_at') }} as turnaround_minutes,
        {{ business_minutes_between('requested_at', 'sent_at') }} as turnaround_business_minutes,
        {{ minutes_between('quote_requested_at', 'sent_at') }} as since_first_request_minutes,
        {{ business_minutes_between('quote_requested_at', 'sent_at') }} as since_first_request_business_minutes
    from clocked
),

placed as (
    {{ with_team('timed', 'crm_source_system', 'rep_id', 'quote_requested_on') }}
),

rated as (
    select
        placed.*,
        coalesce({{ local_date('coalesce(placed.sent_at, placed.requested_at)') }}, as_of.as_of_on) as rate_on
    from placed
    cross join {{ ref('int_as_of') }} as as_of
)

select
    rated.source_system,
    rated.quote_id,
    rated.revision_number,
    rated.crm_source_system,
    rated.opportunity_id,
    rated.rep_id,
    rated.team,
    rated.region,
    rated.quote_requested_at,
    rated.quote_requested_on,
    rated.requested_at,
    rated.sent_at,
    rated.is_first,
    rated.is_final,
    rated.sent_at is not null as is_sent,
    rated.turnaround_minutes,
    rated.turnaround_business_minutes,
    rated.since_first_request_minutes,
    rated.since_first_request_business_minutes,
    rated.amount,
    rated.currency,
    rated.rate_on,
    {{ in_reporting_currency('rated.amount', 'rated.currency', 'fx.rate') }} as amount_base,
    rated._export_file,
    rated._export_record
from rated
left join {{ ref('int_fx_rate_daily') }} as fx
    on
        rated.currency = fx.currency
        and rated.rate_on = fx.valid_on
