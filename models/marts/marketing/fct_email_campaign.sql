-- One row per e-mail campaign (mailing) and day of sending. What people did with its messages counts on the day of sending, whenever they did it,
-- so that nobody engages with a message of another month.
with

mailings as (
    select * from {{ ref('int_email_campaign') }}
),

campaign_ids as (
    -- a mailing names its campaign by the id only; whose id it is follows where it is unique
    select
        campaign_id,
        min(platform) as platform
    from {{ ref('dim_campaign') }}
    group by campaign_id
    having count(distinct platform) = 1
),

counted as (
    select
        source_system,
        mailing_id,
        date_on,
        campaign_id,
        mailing_name,
        sent,
        coalesce(delivered, 0) as delivered,
        -- people, at most one per message: an export that counts every opening would make rates above 1
        {{ at_most('opened', 'coalesce(delivered, 0)') }} as opened,
        {{ at_most('clicked', 'coalesce(delivered, 0)') }} as clicked,
        {{ at_most('replied', 'coalesce(delivered, 0)') }} as replied,
        {{ at_most('unsubscribed', 'coalesce(delivered, 0)') }} as unsubscribed,
        _export_file,
        _export_record
    from mailings
)

select
    counted.source_system,
    counted.mailing_id,
    counted.mailing_name,
    counted.date_on,
    coalesce(campaign_ids.platform, counted.source_system) as platform,
    counted.campaign_id,
    -- a mailing without a campaign stands for itself
    coalesce(counted.campaign_id, counted.mailing_id) as counted_campaign_id,
    channel.channel,
    channel.channel_group,
    counted.sent,
    counted.delivered,
    counted.opened,
    counted.clicked,
    counted.replied,
    counted.unsubscribed,
    -- whoever clicks or replies has opened: the largest is the number of people, the sum would count them twice
    greatest(coalesce(counted.opened, 0), coalesce(counted.clicked, 0), coalesce(counted.replied, 0)) as engaged,
    counted._export_file,
    counted._export_record
from counted
left join campaign_ids
    on counted.campaign_id = campaign_ids.campaign_id
-- e-mails have the channel that the channel map gives to the medium email
left join {{ ref('int_channel') }} as channel
    on
        channel.utm_source = ''
        and channel.utm_medium = 'email'
        and channel.lead_source = ''
