-- One row per conversion, touch and attribution model. The weights of a conversion sum to 1 in each model, its amounts to its value.
with

touches as (
    select
        *,
        count(*) over (partition by journey_id) as touches_count
    from {{ ref('fct_touchpoint') }}
    where converted
),

weighted as (
    select
        *,
        'first' as model,
        {{ whole_number('touch_number = 1') }} * 1.0 as weight
    from touches
    union all
    select
        *,
        'last' as model,
        {{ whole_number('touch_number = touches_count') }} * 1.0 as weight
    from touches
    union all
    select
        *,
        'linear' as model,
        1.0 / touches_count as weight
    from touches
),

cumulated as (
    select
        *,
        sum(weight) over (partition by journey_id, model order by touch_number rows between unbounded preceding and current row) as weight_so_far
    from weighted
)

select
    source_system,
    journey_id as conversion_id,
    touch_number,
    model,
    order_id,
    converted_on,
    touched_at,
    channel,
    channel_group,
    platform,
    campaign_id,
    ad_group_id,
    ad_id,
    cast(weight as double) as weight,
    -- differences of rounded running totals: the parts of a conversion add up to it to the last digit
    cast(
        round(conversion_value_base * cast(least(weight_so_far, 1) as double), 4)
        - round(conversion_value_base * cast(greatest(weight_so_far - weight, 0) as double), 4)
        as {{ money_type() }}
    ) as attributed_amount_base,
    _export_file,
    _export_record
from cumulated
