-- One row per ad platform, campaign and week: unique people reached, as the platform counts them. Reach adds up neither over weeks nor over campaigns.
with

daily as (
    select
        platform,
        campaign_id,
        {{ week_of('date_on') }} as period_week,
        cast(sum(impressions) as bigint) as impressions
    from {{ ref('fct_ad_performance_daily') }}
    group by platform, campaign_id, {{ week_of('date_on') }}
)

select
    weekly.source_system,
    weekly.platform,
    weekly.campaign_id,
    weekly.period_week,
    weekly.week_on,
    -- an export of reach alone leaves them to the days
    coalesce(weekly.impressions, daily.impressions) as impressions,
    weekly.reach,
    {{ dbt.dateadd('day', 7, 'weekly.week_on') }} <= {{ dbt.dateadd('day', 1, 'as_of.as_of_on') }} as is_complete,
    weekly._export_file,
    weekly._export_record
from {{ ref('int_ad_reach_weekly') }} as weekly
cross join {{ ref('int_as_of') }} as as_of
left join daily
    on
        weekly.platform = daily.platform
        and weekly.campaign_id = daily.campaign_id
        and weekly.period_week = daily.period_week
