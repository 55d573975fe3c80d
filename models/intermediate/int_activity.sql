-- One row per call, e-mail or meeting that had happened by as_of, of every system. A planned task is none.
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
    unioned.source_system,
    unioned.activity_id,
    unioned.kind,
    unioned.direction,
    unioned.rep_id,
    unioned.lead_id,
    unioned.contact_id,
    unioned.account_id,
    unioned.opportunity_id,
    unioned.request_id,
    unioned.occurred_at,
    unioned.duration_seconds,
    unioned.outcome,
    unioned.is_automatic,
    unioned.is_connected,
    unioned.is_value_added,
    unioned.agreed_followup,
    -- a list of calls without a direction is a list of calls that were made
    unioned.kind = 'call' and not unioned.is_automatic and coalesce(unioned.direction, 'outbound') <> 'inbound' as is_outbound_call,
    unioned.kind = 'call' and not unioned.is_automatic and coalesce(unioned.is_connected, false) as is_connected_call,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.is_done and unioned.occurred_at < as_of.as_of_at
