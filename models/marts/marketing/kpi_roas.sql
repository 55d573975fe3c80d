-- One row per period, level, platform, id and attribution model (the platform's own conversions are model 'platform').
-- Spend and the revenue of the ad platforms' campaigns meet in a full outer join: spend without conversions and revenue without spend both keep their row.
with

campaigns as (
    select * from {{ ref('int_campaign') }}
),

spend_rows as (
    select
        ads.platform,
        ads.campaign_id,
        ads.ad_group_id,
        ads.ad_id,
        coalesce(campaigns.channel, 'Unknown') as channel,
        ads.date_on as occurred_on,
        ads.spend_base,
        ads.platform_conversions,
        ads.platform_conversion_value_base
    from {{ ref('fct_ad_performance_daily') }} as ads
    left join campaigns
        on
            ads.platform = campaigns.platform
            and ads.campaign_id = campaigns.campaign_id
),

attributed_rows as (
    -- what touches of the ad platforms' campaigns earned; a touch without an ad counts from its campaign upwards
    select
        attribution.model,
        attribution.platform,
        coalesce(attribution.campaign_id, 'unknown') as campaign_id,
        coalesce(attribution.ad_group_id, 'unknown') as ad_group_id,
        coalesce(attribution.ad_id, 'unknown') as ad_id,
        coalesce(campaigns.channel, attribution.channel, 'Unknown') as channel,
        attribution.converted_on as occurred_on,
        attribution.conversion_id,
        attribution.weight,
        attribution.attributed_amount_base
    from {{ ref('fct_attribution') }} as attribution
    left join campaigns
        on
            attribution.platform = campaigns.platform
            and attribution.campaign_id = campaigns.campaign_id
    where attribution.is_ad_platform and attribution.weight > 0
),

models as (
    {% for model in attribution_models().keys() | list + ['platform'] %}
    select '{{ model }}' as model
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

spend_levels as (
    {% for level, columns in roas_levels().items() %}
    select
        '{{ level }}' as level,
        {{ columns.platform }} as level_platform,
        {{ columns.id }} as level_id,
        spend_rows.*
    from spend_rows
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

attributed_levels as (
    {% for level, columns in roas_levels().items() %}
    select
        '{{ level }}' as level,
        {{ columns.platform }} as level_platform,
        {{ columns.id }} as level_id,
        attributed_rows.*
    from attributed_rows
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

spend_periods as (
    {{ by_period('spend_levels', 'occurred_on') }}
),

attributed_periods as (
    {{ by_period('attributed_levels', 'occurred_on') }}
),

spend as (
    select
        period_kind,
        period_month,
        level,
        level_platform,
        level_id,
        sum(spend_base) as spend_base,
        -- decimals: a sum of doubles would differ from run to run
        sum(cast(platform_conversions as decimal(28, 6))) as platform_conversions,
        sum(platform_conversion_value_base) as platform_conversion_value_base
    from spend_periods
    group by period_kind, period_month, level, level_platform, level_id
),

conversions as (
    -- one row a conversion, so that several touches of it do not pass for several conversions
    select
        period_kind,
        period_month,
        level,
        level_platform,
        level_id,
        model,
        conversion_id,
        sum(cast(weight as decimal(28, 12))) as weight,
        sum(attributed_amount_base) as amount_base
    from attributed_periods
    group by period_kind, period_month, level, level_platform, level_id, model, conversion_id
),

attributed as (
    select
        period_kind,
        period_month,
        level,
        level_platform,
        level_id,
        model,
        sum(weight) as conversions,
        count(*) as conversions_count,
        sum(amount_base) as attributed_amount_base,
        -- variance of a sum of a Poisson number of conversions of these values
        sqrt(cast(sum(cast(amount_base as decimal(18, 2)) * cast(amount_base as decimal(18, 2))) as double)) as amount_deviation
    from conversions
    group by period_kind, period_month, level, level_platform, level_id, model

    union all

    -- the platform tells the sum only: its values are taken as equal
    select
        period_kind,
        period_month,
        level,
        level_platform,
        level_id,
        'platform' as model,
        coalesce(platform_conversions, 0) as conversions,
        cast(round(coalesce(platform_conversions, 0)) as bigint) as conversions_count,
        -- a platform that exports no values says nothing about revenue: that is unknown, not nothing
        platform_conversion_value_base as attributed_amount_base,
        case
            when platform_conversions > 0 then cast(platform_conversion_value_base as double) / sqrt(cast(platform_conversions as double))
            else 0
        end as amount_deviation
    from spend
),

spend_by_model as (
    select
        spend.period_kind,
        spend.period_month,
        spend.level,
        spend.level_platform,
        spend.level_id,
        models.model,
        spend.spend_base
    from spend
    cross join models
),

joined as (
    select
        coalesce(spend_by_model.period_kind, attributed.period_kind) as period_kind,
        coalesce(spend_by_model.period_month, attributed.period_month) as period_month,
        coalesce(spend_by_model.level, attributed.level) as level,
        coalesce(spend_by_model.level_platform, attributed.level_platform) as level_platform,
        coalesce(spend_by_model.level_id, attributed.level_id) as level_id,
        coalesce(spend_by_model.model, attributed.model) as model,
        coalesce(spend_by_model.spend_base, 0) as spend_base,
        coalesce(attributed.conversions, 0) as conversions,
        coalesce(attributed.conversions_count, 0) as conversions_count,
        case when attributed.model is null then 0 else attributed.attributed_amount_base end as attributed_amount_base,
        coalesce(attributed.amount_deviation, 0) as amount_deviation
    from spend_by_model
    full outer join attributed
        on
            spend_by_model.period_kind = attributed.period_kind
            and spend_by_model.period_month is not distinct from attributed.period_month
            and spend_by_model.level = attributed.level
            and spend_by_model.level_platform = attributed.level_platform
            and spend_by_model.level_id = attributed.level_id
            and spend_by_model.model = attributed.model
),

margin as (
    -- the company's gross margin where orders carry their cost; unknown otherwise, and then there is no break-even
    select
        {{ divide('sum(amount_base) - sum(cost_base)', 'sum(amount_base)') }} as gross_margin_ratio
    from {{ ref('fct_order') }}
    where has_cost
),

bounded as (
    select
        joined.*,
        -- a month without a row had neither spend nor revenue; before the first one nothing can be compared
        case
            when lag(joined.period_month) over by_month = {{ dbt.dateadd('month', -1, 'joined.period_month') }}
                then joined.attributed_amount_base - lag(joined.attributed_amount_base) over by_month
            when lag(joined.period_month) over by_month is not null then joined.attributed_amount_base
        end as revenue_change_base,
        case
            when lag(joined.period_month) over by_month = {{ dbt.dateadd('month', -1, 'joined.period_month') }}
                then joined.spend_base - lag(joined.spend_base) over by_month
            when lag(joined.period_month) over by_month is not null then joined.spend_base
        end as spend_change_base,
        case
            when joined.attributed_amount_base is not null
                then greatest(cast(joined.attributed_amount_base as double) - 1.96 * joined.amount_deviation, 0)
        end as amount_low,
        cast(joined.attributed_amount_base as double) + 1.96 * joined.amount_deviation as amount_high,
        case when margin.gross_margin_ratio > 0 then 1 / margin.gross_margin_ratio end as break_even_roas
    from joined
    cross join margin
    window by_month as (partition by joined.period_kind, joined.level, joined.level_platform, joined.level_id, joined.model order by joined.period_month)
)

select
    period_kind,
    period_month,
    level,
    level_platform as platform,
    level_id,
    model,
    cast(spend_base as {{ money_type() }}) as spend_base,
    cast(conversions as double) as conversions,
    conversions_count,
    cast(attributed_amount_base as {{ money_type() }}) as attributed_amount_base,
    cast(amount_low as {{ money_type() }}) as attributed_amount_base_low,
    cast(amount_high as {{ money_type() }}) as attributed_amount_base_high,
    {{ divide('attributed_amount_base', 'spend_base') }} as roas,
    cast(attributed_amount_base - spend_base as {{ money_type() }}) as net_return_base,
    {{ divide('attributed_amount_base - spend_base', 'spend_base') }} as roi,
    case when period_kind = 'month' then {{ divide('revenue_change_base', 'spend_change_base') }} end as marginal_roas,
    break_even_roas,
    case
        when spend_base = 0 then 'no spend'
        when conversions_count < 10 or break_even_roas is null or attributed_amount_base is null then 'too little data'
        when amount_low >= break_even_roas * spend_base then 'strong'
        when amount_high < break_even_roas * spend_base then 'weak'
        else 'too little data'
    end as verdict
from bounded
