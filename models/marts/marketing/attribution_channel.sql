-- One row per attribution model and channel: what the channel earned over all conversions. Markov's totals are its normalised removal effects.
with

conversions as (
    select
        count(*) as conversions_count,
        coalesce(sum(conversion_value_base), 0) as conversion_value_base
    from {{ ref('fct_touchpoint') }}
    where converted and touch_number = 1
),

summed as (
    select
        model,
        channel,
        -- decimals: a sum of doubles would differ from run to run
        cast(sum(cast(weight as decimal(28, 12))) as double) as conversions,
        sum(attributed_amount_base) as attributed_amount_base
    from {{ ref('fct_attribution') }}
    where model <> 'markov'
    group by model, channel
),

effects as (
    select
        channel,
        removal_effect,
        cast(sum(cast(removal_effect as decimal(28, 18))) over () as double) as all_removal_effects
    from {{ ref('int_channel_removal_effect') }}
),

markov as (
    select
        'markov' as model,
        effects.channel,
        conversions.conversions_count * effects.removal_effect / nullif(effects.all_removal_effects, 0) as conversions,
        cast(conversions.conversion_value_base as double) * effects.removal_effect / nullif(effects.all_removal_effects, 0) as attributed_amount_base
    from effects
    cross join conversions
)

select
    summed.model,
    summed.channel,
    summed.conversions,
    cast(summed.attributed_amount_base as {{ money_type() }}) as attributed_amount_base,
    cast(null as double) as removal_effect
from summed
union all
select
    markov.model,
    markov.channel,
    coalesce(markov.conversions, 0) as conversions,
    cast(coalesce(markov.attributed_amount_base, 0) as {{ money_type() }}) as attributed_amount_base,
    effects.removal_effect
from markov
inner join effects
    on markov.channel = effects.channel
