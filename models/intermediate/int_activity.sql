-- One row per call, e-mail or meeting, of every system.
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
    'occurred_at',
    'duration_seconds',
    'is_automatic',
]) }}
