-- One row per ad platform, campaign and week that began by as_of, of every system.
with

unioned as (
    {{ union_staged(['stg_generic__ad_reach_weekly'], [
        'source_system',
        'platform',
        'campaign_id',
        'week_on',
        'impressions',
        'reach',
    ]) }}
)

select
    unioned.source_system,
    unioned.platform,
    unioned.campaign_id,
    unioned.week_on,
    -- a week that begins on a Sunday shares six days with the Monday's after it
    {{ week_of(dbt.dateadd('day', 3, 'unioned.week_on')) }} as period_week,
    unioned.impressions,
    unioned.reach,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.week_on <= as_of.as_of_on
