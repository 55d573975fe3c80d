-- One row per touch of a prospect or customer: a lead record (also a duplicate: it came through a door of its own)
-- or a response to a campaign. The party is the account once a lead of it was converted, else the surviving lead.
with

leads as (
    select * from {{ ref('int_lead') }}
),

campaign_key as (
    select * from {{ ref('int_campaign_key') }}
),

ads as (
    select
        platform,
        ad_id,
        max_by(ad_group_id, date_on) as ad_group_id,
        max_by(campaign_id, date_on) as campaign_id
    from {{ ref('int_ad_performance_daily') }}
    group by platform, ad_id
),

ad_ids as (
    -- a form carries the id only; which platform it belongs to follows from the id where it is unique
    select
        ad_id,
        min(platform) as platform,
        min(campaign_id) as campaign_id
    from ads
    group by ad_id
    having count(*) = 1
),

campaign_ids as (
    select
        campaign_id,
        min(platform) as platform
    from {{ ref('int_campaign') }}
    group by campaign_id
    having count(distinct platform) = 1
),

lead_touches as (
    select
        leads.source_system,
        'lead ' || leads.lead_id as touch_id,
        case when leads.account_id is not null then 'account ' || leads.account_id else 'lead ' || leads.person_lead_id end as party_id,
        leads.created_at as touched_at,
        -- what the form says of its origin, else the campaign it names
        case when leads.channel_group = 'unknown' then coalesce(campaign.channel, leads.channel) else leads.channel end as channel,
        case when leads.channel_group = 'unknown' then coalesce(campaign.channel_group, leads.channel_group) else leads.channel_group end as channel_group,
        coalesce(leads.click_platform, campaign_ids.platform, ad_ids.platform) as platform,
        coalesce(leads.platform_campaign_id, ad_ids.campaign_id) as campaign_id,
        leads.platform_ad_id as ad_id,
        leads._export_file,
        leads._export_record
    from leads
    left join campaign_ids
        on leads.platform_campaign_id = campaign_ids.campaign_id
    left join ad_ids
        on leads.platform_ad_id = ad_ids.ad_id
    left join {{ ref('int_campaign') }} as campaign
        on
            coalesce(leads.click_platform, campaign_ids.platform, ad_ids.platform) = campaign.platform
            and coalesce(leads.platform_campaign_id, ad_ids.campaign_id) = campaign.campaign_id
    where
        leads.channel_group <> 'unknown'
        or leads.utm_source is not null
        or leads.source is not null
        or leads.platform_campaign_id is not null
        or leads.platform_ad_id is not null
),

contacts as (
    select * from {{ ref('int_contact') }}
),

members as (
    {{ union_staged(['stg_salesforce__campaign_member'], [
        'source_system',
        'campaign_member_id',
        'campaign_id',
        'lead_id',
        'contact_id',
        'has_responded',
        'responded_at',
    ]) }}
),

member_touches as (
    select
        members.source_system,
        'response ' || members.campaign_member_id as touch_id,
        coalesce(
            'account ' || coalesce(contacts.account_id, leads.account_id),
            'lead ' || leads.person_lead_id
        ) as party_id,
        members.responded_at as touched_at,
        coalesce(campaign_key.channel, 'Unknown') as channel,
        coalesce(campaign_key.channel_group, 'unknown') as channel_group,
        campaign_key.platform,
        campaign_key.campaign_id,
        cast(null as varchar) as ad_id,
        members._export_file,
        members._export_record
    from members
    cross join {{ ref('int_as_of') }} as as_of
    left join contacts
        on
            members.source_system = contacts.source_system
            and members.contact_id = contacts.contact_id
    left join leads
        on
            members.source_system = leads.source_system
            and members.lead_id = leads.lead_id
    left join campaign_key
        on
            members.source_system = campaign_key.named_by
            and members.campaign_id = campaign_key.named_id
    where
        members.has_responded
        and members.responded_at < as_of.as_of_at
),

touches as (
    select * from lead_touches
    union all
    select * from member_touches
)

select
    touches.source_system,
    touches.touch_id,
    touches.party_id,
    touches.touched_at,
    touches.channel,
    touches.channel_group,
    touches.platform,
    touches.campaign_id,
    ads.ad_group_id,
    touches.ad_id,
    touches._export_file,
    touches._export_record
from touches
left join ads
    on
        touches.platform = ads.platform
        and touches.ad_id = ads.ad_id
where touches.party_id is not null
