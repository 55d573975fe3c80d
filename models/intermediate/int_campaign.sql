-- One row per campaign: those of the ad platforms, and those of the CRMs that are not the twin of one.
-- The campaign map ties twins together, so that a touch in the CRM and the spend at the platform meet in one campaign.
with

crm_campaigns as (
    select * from {{ ref('int_campaign_records') }}
),

twins as (
    select
        source_system,
        campaign_id as crm_campaign_id,
        platform,
        platform_campaign_id
    from {{ ref('stg_reference__campaign_map') }}
    where _row_status = 'staged'
),

platform_campaigns as (
    select
        platform,
        campaign_id,
        max_by(campaign_name, date_on) as campaign_name,
        max_by(channel, date_on) as channel,
        min(date_on) as started_on,
        max(date_on) as ended_on
    from {{ ref('int_ad_performance_daily') }}
    group by platform, campaign_id
),

listed as (
    select
        platform_campaigns.platform,
        platform_campaigns.campaign_id,
        platform_campaigns.campaign_name,
        coalesce(platform_campaigns.channel, 'Paid') as channel,
        'paid' as channel_group,
        platform_campaigns.started_on,
        platform_campaigns.ended_on,
        min(twins.source_system) as crm_source_system,
        min(twins.crm_campaign_id) as crm_campaign_id
    from platform_campaigns
    left join twins
        on
            platform_campaigns.platform = twins.platform
            and platform_campaigns.campaign_id = twins.platform_campaign_id
    group by all
    union all
    select
        crm_campaigns.platform,
        crm_campaigns.campaign_id,
        crm_campaigns.campaign_name,
        coalesce(crm_campaigns.channel, channel.channel) as channel,
        channel.channel_group,
        crm_campaigns.started_on,
        crm_campaigns.ended_on,
        crm_campaigns.source_system as crm_source_system,
        crm_campaigns.campaign_id as crm_campaign_id
    from crm_campaigns
    left join {{ ref('int_channel') }} as channel
        on
            channel.utm_source = ''
            and channel.utm_medium = ''
            and {{ origin_key('crm_campaigns.campaign_type') }} = channel.lead_source
    left join twins
        on
            crm_campaigns.source_system = twins.source_system
            and crm_campaigns.campaign_id = twins.crm_campaign_id
    left join platform_campaigns
        on
            twins.platform = platform_campaigns.platform
            and twins.platform_campaign_id = platform_campaigns.campaign_id
    where platform_campaigns.campaign_id is null
)

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
from (
    select
        *,
        row_number() over (partition by platform, campaign_id order by crm_source_system nulls last) as choice
    from listed
) as numbered
where choice = 1
