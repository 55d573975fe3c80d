-- One row per campaign: those of the ad platforms, and those of the CRM that no platform runs.
select
    platform,
    campaign_id,
    campaign_name,
    channel,
    channel_group,
    started_on,
    ended_on,
    crm_source_system,
    crm_campaign_id
from {{ ref('int_campaign') }}
