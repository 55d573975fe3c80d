-- One row per revision of a quote that had been asked for or sent by as_of.
with

unioned as (
    {{ union_staged(['stg_generic__quote'], [
        'source_system',
        'quote_id',
        'revision_number',
        'crm_source_system',
        'opportunity_id',
        'rep_id',
        'requested_at',
        'sent_at',
        'is_final',
        'amount',
        'currency',
    ]) }}
),

known as (
    select
        unioned.*,
        as_of.as_of_at
    from unioned
    cross join {{ ref('int_as_of') }} as as_of
    -- a quote without any date is one that nobody has sent
    where coalesce(unioned.requested_at, unioned.sent_at, timestamp '0001-01-01') < as_of.as_of_at
),

placed as (
    select
        *,
        min(requested_at) over (partition by source_system, quote_id) as quote_requested_at,
        revision_number = min(revision_number) over (partition by source_system, quote_id) as is_first,
        revision_number = max(revision_number) over (partition by source_system, quote_id) as is_last,
        bool_or(is_final is not null) over (partition by source_system, quote_id) as has_flags,
        max(case when is_final then revision_number end) over (partition by source_system, quote_id) as flagged_number
    from known
)

select
    source_system,
    quote_id,
    revision_number,
    crm_source_system,
    opportunity_id,
    rep_id,
    coalesce(requested_at, quote_requested_at) as requested_at,
    quote_requested_at,
    case when sent_at < as_of_at then sent_at end as sent_at,
    is_first,
    -- without any flag the last revision is the final one; of several flagged the last
    case when has_flags then coalesce(revision_number = flagged_number, false) else is_last end as is_final,
    amount,
    {{ currency_or_default('currency') }} as currency,
    _export_file,
    _export_record
from placed
