-- One row per way to name a campaign (system or platform, and the id it uses there): the campaign of int_campaign it means.
with

campaigns as (
    select * from {{ ref('int_campaign') }}
),

names as (
    select
        platform as named_by,
        campaign_id as named_id,
        platform,
        campaign_id,
        channel,
        channel_group
    from campaigns
    union
    select
        twins.source_system as named_by,
        twins.campaign_id as named_id,
        campaigns.platform,
        campaigns.campaign_id,
        campaigns.channel,
        campaigns.channel_group
    from {{ ref('stg_reference__campaign_map') }} as twins
    inner join campaigns
        on
            twins.platform = campaigns.platform
            and twins.platform_campaign_id = campaigns.campaign_id
    where twins._row_status = 'staged'
    union
    select
        crm_source_system as named_by,
        crm_campaign_id as named_id,
        platform,
        campaign_id,
        channel,
        channel_group
    from campaigns
    where crm_campaign_id is not null
)

select
    named_by,
    named_id,
    min(platform) as platform,
    min(campaign_id) as campaign_id,
    min(channel) as channel,
    min(channel_group) as channel_group
from names
group by named_by, named_id
