-- One row per period (month of the week's Monday), ad platform and frequency band: weeks of campaigns shown too often or too seldom, and their conversions.
-- Descriptive: campaigns shown more often differ in more than that.
with

weeks as (
    select * from {{ ref('kpi_ad_frequency') }}
),

summed as (
    select
        period_kind,
        period_month,
        coalesce(platform, 'all') as platform,
        coalesce(frequency_band, 'all') as frequency_band,
        count(*) as campaign_weeks_count,
        count(*) filter (where status = 'too_often') as too_often_count,
        count(*) filter (where status = 'right') as right_count,
        count(*) filter (where status = 'too_seldom') as too_seldom_count,
        count(*) filter (where status = 'unknown') as unknown_count,
        cast(sum(impressions) as bigint) as impressions,
        cast(sum(cast(conversions as decimal(28, 6))) as double) as conversions,
        -- impressions whose conversions are known
        cast(sum(case when conversions is not null then impressions end) as bigint) as impressions_with_conversions
    from ({{ by_period('weeks', 'period_week') }}) as weeks_by_period
    group by period_kind, period_month, cube(platform, frequency_band)
),

spine as (
    select
        period_kind,
        period_month,
        platform,
        frequency_band
    from summed
    union
    select
        period_kind,
        period_month,
        'all' as platform,
        'all' as frequency_band
    from ({{ headline_rows() }}) as headline
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.platform,
        spine.frequency_band,
        coalesce(summed.campaign_weeks_count, 0) as campaign_weeks_count,
        coalesce(summed.too_often_count, 0) as too_often_count,
        coalesce(summed.right_count, 0) as right_count,
        coalesce(summed.too_seldom_count, 0) as too_seldom_count,
        coalesce(summed.unknown_count, 0) as unknown_count,
        coalesce(summed.campaign_weeks_count - summed.unknown_count, 0) as judged_count,
        coalesce(summed.impressions, 0) as impressions,
        summed.conversions,
        coalesce(summed.impressions_with_conversions, 0) as impressions_with_conversions
    from spine
    left join summed
        on
            spine.period_kind = summed.period_kind
            and spine.period_month is not distinct from summed.period_month
            and spine.platform = summed.platform
            and spine.frequency_band = summed.frequency_band
)

select
    period_kind,
    period_month,
    platform,
    frequency_band,
    campaign_weeks_count,
    unknown_count,
    judged_count,
    too_often_count,
    {{ rate_columns('too_often', 'too_often_count', 'judged_count') }},
    right_count,
    {{ rate_columns('right', 'right_count', 'judged_count') }},
    too_seldom_count,
    {{ rate_columns('too_seldom', 'too_seldom_count', 'judged_count') }},
    impressions,
    conversions,
    impressions_with_conversions,
    {{ divide('1000 * conversions', 'impressions_with_conversions') }} as conversions_per_1000_impressions_ratio
from filled
