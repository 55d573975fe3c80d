-- One row per conversion, touch and attribution model. The weights of a conversion sum to 1 in each model, its amounts to its value.
with

touches as (
    select
        *,
        count(*) over (partition by journey_id) as touches_count,
        count(*) over (partition by journey_id, channel) as touches_of_channel_count,
        max(touched_at) over (partition by journey_id) as last_touched_at
    from {{ ref('fct_touchpoint') }}
    where converted
),

channel_counts as (
    select
        journey_id,
        count(distinct channel) as channels_count
    from touches
    group by journey_id
),

removal_effects as (
    select * from {{ ref('int_channel_removal_effect') }}
),

milestones as (
    -- when the lead and the deal of the order were created; an order without a deal has neither
    select
        orders.source_system,
        orders.order_id,
        lead.created_at as lead_created_at,
        deal.created_at as deal_created_at
    from {{ ref('fct_order') }} as orders
    inner join {{ ref('fct_opportunity') }} as deal
        on
            orders.source_system = deal.source_system
            and orders.opportunity_id = deal.opportunity_id
    left join {{ ref('fct_lead') }} as lead
        on
            deal.source_system = lead.source_system
            and deal.lead_id = lead.lead_id
),

milestone_touches as (
    -- the touch that led to a milestone is the last one up to it
    select
        touches.journey_id,
        max(touches.touch_number) filter (where touches.touched_at <= milestones.lead_created_at) as lead_touch_number,
        max(touches.touch_number) filter (where touches.touched_at <= milestones.deal_created_at) as deal_touch_number
    from touches
    left join milestones
        on
            touches.source_system = milestones.source_system
            and touches.order_id = milestones.order_id
    group by touches.journey_id
),

described as (
    select
        touches.*,
        channel_counts.channels_count,
        coalesce(removal_effects.removal_effect, 0) as removal_effect,
        power(2, -cast({{ dbt.datediff('touches.touched_at', 'touches.last_touched_at', 'second') }} as double) / ({{ var('attribution_half_life_days') }} * 86400)) as decay,
        -- W-shaped: 30 % each for first touch, lead and deal creation, 10 % for the rest
        0.3 * {{ whole_number('touches.touch_number = 1') }}
        + 0.3 * {{ whole_number('touches.touch_number = milestone_touches.lead_touch_number') }}
        + 0.3 * {{ whole_number('touches.touch_number = milestone_touches.deal_touch_number') }} as milestone_share,
        touches.touch_number <> 1
        and coalesce(touches.touch_number <> milestone_touches.lead_touch_number, true)
        and coalesce(touches.touch_number <> milestone_touches.deal_touch_number, true) as is_rest
    from touches
    inner join channel_counts
        on touches.journey_id = channel_counts.journey_id
    inner join milestone_touches
        on touches.journey_id = milestone_touches.journey_id
    left join removal_effects
        on touches.channel = removal_effects.channel
),

shares as (
    select
        *,
        -- what a model has no touch for is shared out among those it has: every row is divided by the sum of its conversion below
        milestone_share + case when is_rest then 0.1 / nullif(sum({{ whole_number('is_rest') }}) over (partition by journey_id), 0) else 0 end as w_share,
        case
            when touches_count = 1 then 1.0
            when touches_count = 2 then 0.5
            when touch_number in (1, touches_count) then 0.4
            else 0.2 / (touches_count - 2)
        end as position_share,
        1.0 / (channels_count * touches_of_channel_count) as shapley_share,
        case when max(removal_effect) over (partition by journey_id) > 0 then removal_effect else 1.0 end as markov_share
    from described
),

by_model as (
    {% for model, share in attribution_models().items() %}
    select
        shares.*,
        '{{ model }}' as model,
        -- a decimal: a sum of doubles would differ from run to run
        cast({{ share }} as decimal(28, 18)) as share
    from shares
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

weighted as (
    select
        *,
        cast(share as double) / cast(sum(share) over (partition by journey_id, model) as double) as weight
    from by_model
),

cumulated as (
    select
        *,
        sum(weight) over (partition by journey_id, model order by touch_number rows between unbounded preceding and current row) as weight_so_far
    from weighted
),

ad_platforms as (
    -- those that export what they cost: only their touches stand against spend
    select distinct platform from {{ ref('fct_ad_performance_daily') }}
)

select
    cumulated.source_system,
    cumulated.journey_id as conversion_id,
    cumulated.touch_number,
    cumulated.model,
    cumulated.order_id,
    cumulated.converted_on,
    cumulated.touched_at,
    cumulated.channel,
    cumulated.channel_group,
    cumulated.platform,
    ad_platforms.platform is not null as is_ad_platform,
    cumulated.campaign_id,
    cumulated.ad_group_id,
    cumulated.ad_id,
    cumulated.weight,
    -- differences of rounded running totals: the parts of a conversion add up to it to the last digit
    cast(
        case when cumulated.touch_number = cumulated.touches_count then cumulated.conversion_value_base else round(cumulated.conversion_value_base * cumulated.weight_so_far, 4) end
        - round(cumulated.conversion_value_base * greatest(cumulated.weight_so_far - cumulated.weight, 0), 4)
        as {{ money_type() }}
    ) as attributed_amount_base,
    cumulated._export_file,
    cumulated._export_record
from cumulated
left join ad_platforms
    on cumulated.platform = ad_platforms.platform
