-- One row per period, channel and campaign ('all' for both: the total): engagements / impressions of ads or deliveries of e-mails.
-- Channels keep their row in every month, campaigns have one in the months in which they were shown or sent.
with

ads as (
    select
        ads.date_on,
        ads.channel,
        ads.platform,
        coalesce(ads.campaign_id, 'unknown') as campaign_id,
        campaign.campaign_name,
        coalesce(ads.impressions, 0) as impressions_count,
        0 as messages_count,
        ads.engagements as engagements_count,
        ads.engaging_clicks as clicks_count,
        0 as opens_count,
        0 as replies_count,
        coalesce(ads.reactions, 0) as reactions_count,
        0 as unsubscribes_count
    from {{ ref('fct_ad_performance_daily') }} as ads
    left join {{ ref('dim_campaign') }} as campaign
        on
            ads.platform = campaign.platform
            and ads.campaign_id = campaign.campaign_id
),

mailings as (
    select
        mailing.date_on,
        mailing.channel,
        mailing.platform,
        mailing.counted_campaign_id as campaign_id,
        coalesce(campaign.campaign_name, mailing.mailing_name) as campaign_name,
        0 as impressions_count,
        mailing.delivered as messages_count,
        mailing.engaged as engagements_count,
        coalesce(mailing.clicked, 0) as clicks_count,
        coalesce(mailing.opened, 0) as opens_count,
        coalesce(mailing.replied, 0) as replies_count,
        0 as reactions_count,
        coalesce(mailing.unsubscribed, 0) as unsubscribes_count
    from {{ ref('fct_email_campaign') }} as mailing
    left join {{ ref('dim_campaign') }} as campaign
        on
            mailing.platform = campaign.platform
            and mailing.campaign_id = campaign.campaign_id
),

events as (
    select * from ads
    union all
    select * from mailings
),

summed as (
    select
        period_kind,
        period_month,
        coalesce(channel, 'all') as channel,
        coalesce(platform, 'all') as platform,
        coalesce(campaign_id, 'all') as campaign_id,
        case when campaign_id is not null then max(campaign_name) end as campaign_name,
        sum(impressions_count) as impressions_count,
        sum(messages_count) as messages_count,
        sum(engagements_count) as engagements_count,
        sum(clicks_count) as clicks_count,
        sum(opens_count) as opens_count,
        sum(replies_count) as replies_count,
        sum(reactions_count) as reactions_count,
        sum(unsubscribes_count) as unsubscribes_count
    from ({{ by_period('events', 'date_on') }}) as events_by_period
    group by period_kind, period_month, rollup(channel, platform, campaign_id)
    -- totals of channels and of all, none of a platform within a channel
    having platform is null or campaign_id is not null
),

spine as (
    select
        period_kind,
        period_month,
        channel,
        platform,
        campaign_id
    from summed
    union
    select
        headline.period_kind,
        headline.period_month,
        channels.channel,
        'all' as platform,
        'all' as campaign_id
    from ({{ headline_rows() }}) as headline
    cross join (
        select channel from events
        union
        select 'all' as channel
    ) as channels
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.channel,
        spine.platform,
        spine.campaign_id,
        summed.campaign_name,
        cast(coalesce(summed.impressions_count, 0) as bigint) as impressions_count,
        cast(coalesce(summed.messages_count, 0) as bigint) as messages_count,
        cast(coalesce(summed.impressions_count + summed.messages_count, 0) as bigint) as deliveries_count,
        cast(coalesce(summed.engagements_count, 0) as bigint) as engagements_count,
        cast(coalesce(summed.clicks_count, 0) as bigint) as clicks_count,
        cast(coalesce(summed.opens_count, 0) as bigint) as opens_count,
        cast(coalesce(summed.replies_count, 0) as bigint) as replies_count,
        cast(coalesce(summed.reactions_count, 0) as bigint) as reactions_count,
        cast(coalesce(summed.unsubscribes_count, 0) as bigint) as unsubscribes_count
    from spine
    left join summed
        on
            spine.period_kind = summed.period_kind
            and spine.period_month is not distinct from summed.period_month
            and spine.channel = summed.channel
            and spine.platform = summed.platform
            and spine.campaign_id = summed.campaign_id
)

select
    period_kind,
    period_month,
    channel,
    platform,
    campaign_id,
    campaign_name,
    engagements_count,
    deliveries_count,
    {{ rate_columns('engagement', 'engagements_count', 'deliveries_count') }},
    impressions_count,
    messages_count,
    clicks_count,
    {{ rate_columns('click', 'clicks_count', 'deliveries_count') }},
    opens_count,
    {{ rate_columns('open', 'opens_count', 'messages_count') }},
    replies_count,
    {{ rate_columns('reply', 'replies_count', 'messages_count') }},
    unsubscribes_count,
    {{ rate_columns('unsubscribe', 'unsubscribes_count', 'messages_count') }},
    reactions_count
from filled
