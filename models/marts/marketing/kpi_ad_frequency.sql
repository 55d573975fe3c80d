-- One row per week, ad platform and campaign: impressions / unique reach of the same week and campaign, and whether it was shown too often or too seldom.
-- Weeks of which the platform tells no reach, and weeks that are not over, keep their row as unknown.
with

daily as (
    select
        platform,
        campaign_id,
        {{ week_of('date_on') }} as period_week,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(cast(coalesce(platform_conversions, 0) as decimal(28, 6))) as double) as conversions
    from {{ ref('fct_ad_performance_daily') }}
    group by platform, campaign_id, {{ week_of('date_on') }}
),

weekly as (
    select * from {{ ref('fct_ad_reach_weekly') }}
),

weeks as (
    select
        platform,
        campaign_id,
        period_week
    from daily
    union
    select
        platform,
        campaign_id,
        period_week
    from weekly
),

shown as (
    select
        weeks.period_week,
        weeks.platform,
        weeks.campaign_id,
        campaign.campaign_name,
        coalesce(campaign.channel, 'Unknown') as channel,
        coalesce(weekly.impressions, daily.impressions) as impressions,
        weekly.reach,
        daily.conversions,
        coalesce(weekly.is_complete, {{ dbt.dateadd('day', 6, 'weeks.period_week') }} <= as_of.as_of_on) as is_complete
    from weeks
    cross join {{ ref('int_as_of') }} as as_of
    left join daily
        on
            weeks.platform = daily.platform
            and weeks.campaign_id = daily.campaign_id
            and weeks.period_week = daily.period_week
    left join weekly
        on
            weeks.platform = weekly.platform
            and weeks.campaign_id = weekly.campaign_id
            and weeks.period_week = weekly.period_week
    left join {{ ref('dim_campaign') }} as campaign
        on
            weeks.platform = campaign.platform
            and weeks.campaign_id = campaign.campaign_id
),

measured as (
    select
        *,
        {{ divide('impressions', 'reach') }} as frequency_ratio,
        -- half a week's frequency is no week's
        case when is_complete then {{ divide('impressions', 'reach') }} end as judged_frequency
    from shown
),

judged as (
    select
        measured.*,
        rules.too_seldom_below,
        rules.too_often_above,
        row_number() over (
            partition by measured.platform, measured.campaign_id, measured.period_week
            order by rules.priority nulls last
        ) as choice
    from measured
    left join {{ ref('stg_reference__frequency_threshold') }} as rules
        on
            rules._row_status = 'staged'
            and (rules.platform is null or {{ origin_key('rules.platform') }} = {{ origin_key('measured.platform') }})
            and (rules.channel is null or {{ origin_key('rules.channel') }} = {{ origin_key('measured.channel') }})
)

select
    period_week,
    platform,
    campaign_id,
    campaign_name,
    channel,
    impressions,
    reach,
    frequency_ratio,
    {{ frequency_band('judged_frequency') }} as frequency_band,
    case
        when judged_frequency is null or too_often_above is null then 'unknown'
        when judged_frequency > too_often_above then 'too_often'
        when judged_frequency < too_seldom_below then 'too_seldom'
        else 'right'
    end as status,
    too_seldom_below,
    too_often_above,
    conversions,
    {{ divide('1000 * conversions', 'reach') }} as conversions_per_1000_reached_ratio,
    is_complete
from judged
where choice = 1
