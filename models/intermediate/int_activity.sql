-- One row per call, e-mail or meeting that has happened, of every system. A planned task is none.
with

unioned as (
    {{ union_staged(['stg_salesforce__activity', 'stg_generic__activity'], [
        'source_system',
        'activity_id',
        'kind',
        'direction',
        'rep_id',
        'lead_id',
        'contact_id',
        'account_id',
        'opportunity_id',
        'request_id',
        'occurred_at',
        'duration_seconds',
        'outcome',
        'is_automatic',
        'is_connected',
        'is_value_added',
        'agreed_followup',
        'is_done',
    ]) }}
)

select
    source_system,
    activity_id,
    kind,
    direction,
    rep_id,
    lead_id,
    contact_id,
    account_id,
    opportunity_id,
    request_id,
    occurred_at,
    duration_seconds,
    outcome,
    is_automatic,
    is_connected,
    is_value_added,
    agreed_followup,
    -- a list of calls without a direction is a list of calls that were made
    kind = 'call' and not is_automatic and coalesce(direction, 'outbound') <> 'inbound' as is_outbound_call,
    kind = 'call' and not is_automatic and coalesce(is_connected, false) as is_connected_call,
    _export_file,
    _export_record
from unioned
where is_done
