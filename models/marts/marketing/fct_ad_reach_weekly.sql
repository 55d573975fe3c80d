-- One row per ad platform, campaign and week: unique people reached, as the platform counts them. Reach adds up neither over weeks nor over campaigns.
select
    weekly.source_system,
    weekly.platform,
    weekly.campaign_id,
    weekly.period_week,
    weekly.week_on,
    weekly.impressions,
    weekly.reach,
    {{ dbt.dateadd('day', 7, 'weekly.week_on') }} <= {{ dbt.dateadd('day', 1, 'as_of.as_of_on') }} as is_complete,
    weekly._export_file,
    weekly._export_record
from {{ ref('int_ad_reach_weekly') }} as weekly
cross join {{ ref('int_as_of') }} as as_of
