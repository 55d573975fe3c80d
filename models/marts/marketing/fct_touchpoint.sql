-- One row per touch of a journey. A journey ends in a conversion (an order, or a won deal where there are no orders)
-- and holds the touches of its customer in the lookback window before it; touches that led to no conversion form a journey of their party.
select
    journey.source_system,
    journey.journey_id,
    journey.touch_number,
    journey.touch_id,
    journey.touched_at,
    journey.channel,
    journey.channel_group,
    journey.platform,
    journey.campaign_id,
    journey.ad_group_id,
    journey.ad_id,
    journey.converted,
    journey.order_id,
    journey.converted_on,
    cast(coalesce(orders.amount_base, 0) as {{ money_type() }}) as conversion_value_base,
    journey._export_file,
    journey._export_record
from {{ ref('int_journey') }} as journey
left join {{ ref('fct_order') }} as orders
    on
        journey.source_system = orders.source_system
        and journey.order_id = orders.order_id
