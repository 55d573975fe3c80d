-- One row per request of a customer or a lead that had arrived by as_of, of every system; what came later has not happened yet.
with

unioned as (
    {{ union_staged(['stg_salesforce__request', 'stg_generic__request'], [
        'source_system',
        'request_id',
        'crm_source_system',
        'lead_id',
        'contact_id',
        'account_id',
        'opportunity_id',
        'owner_id',
        'responder_id',
        'kind',
        'channel',
        'satisfaction_reason',
        'reopens_count',
        'contacts_count',
        'satisfaction_score',
        'satisfaction_scale_maximum',
        'is_closed',
        'requested_at',
        'first_human_response_at',
        'resolved_at',
        'reopened_at',
        'updated_at',
    ]) }}
)

select
    unioned.source_system,
    unioned.request_id,
    unioned.crm_source_system,
    unioned.lead_id,
    unioned.contact_id,
    unioned.account_id,
    unioned.opportunity_id,
    unioned.owner_id,
    unioned.responder_id,
    unioned.kind,
    unioned.channel,
    unioned.reopens_count,
    unioned.contacts_count,
    unioned.satisfaction_score,
    unioned.satisfaction_scale_maximum,
    unioned.satisfaction_reason,
    unioned.requested_at,
    -- a response from before the request answers something else
    case
        when unioned.first_human_response_at >= unioned.requested_at and unioned.first_human_response_at < as_of.as_of_at
            then unioned.first_human_response_at
    end as first_human_response_at,
    coalesce(unioned.first_human_response_at < unioned.requested_at, false) as is_response_before_request,
    case when unioned.resolved_at < as_of.as_of_at then unioned.resolved_at end as resolved_at,
    -- a status without a time tells a resolution, too
    case when unioned.resolved_at is null then unioned.is_closed else unioned.resolved_at < as_of.as_of_at end as is_resolved,
    case when unioned.reopened_at < as_of.as_of_at then unioned.reopened_at end as reopened_at,
    unioned.updated_at,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.requested_at < as_of.as_of_at
