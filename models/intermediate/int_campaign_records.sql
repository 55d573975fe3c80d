-- One row per campaign as the CRMs know it, of every system.
{{ union_staged(['stg_salesforce__campaign', 'stg_generic__campaign'], [
    'source_system',
    'campaign_id',
    'campaign_name',
    'platform',
    'campaign_type',
    'channel',
    'currency',
    'cost',
    'started_on',
    'ended_on',
]) }}
