-- One row per touch of a journey, before money. A journey ends in a conversion (an order, or a won deal where there are no orders)
-- and holds the touches of its customer in the lookback window before it; touches that led to no conversion form a journey of their party.
with

touches as (
    select * from {{ ref('int_touch') }}
),

conversions as (
    select
        source_system,
        source_system || ' ' || order_id as journey_id,
        'account ' || customer_id as party_id,
        order_id,
        {{ local_date('ordered_at') }} as ordered_on
    from {{ ref('int_order') }}
    -- a return is no conversion
    where is_purchase
),

converting as (
    select
        touches.*,
        conversions.journey_id,
        conversions.order_id,
        conversions.ordered_on
    from touches
    inner join conversions
        on
            touches.source_system = conversions.source_system
            and touches.party_id = conversions.party_id
            -- the day of the order counts: an export often knows the day only
            and {{ local_date('touches.touched_at') }} <= conversions.ordered_on
            and touches.touched_at >= {{ local_midnight(dbt.dateadd('day', -1 * var('attribution_lookback_days'), 'conversions.ordered_on')) }}
),

other as (
    select touches.*
    from touches
    left join (
        select distinct
            source_system,
            touch_id
        from converting
    ) as used
        on
            touches.source_system = used.source_system
            and touches.touch_id = used.touch_id
    where used.touch_id is null
),

journeys as (
    select
        source_system,
        journey_id,
        touch_id,
        touched_at,
        channel,
        channel_group,
        platform,
        campaign_id,
        ad_group_id,
        ad_id,
        true as converted,
        order_id,
        ordered_on as converted_on,
        _export_file,
        _export_record
    from converting
    union all
    select
        source_system,
        source_system || ' ' || party_id as journey_id,
        touch_id,
        touched_at,
        channel,
        channel_group,
        platform,
        campaign_id,
        ad_group_id,
        ad_id,
        false as converted,
        null as order_id,
        null as converted_on,
        _export_file,
        _export_record
    from other
)

select
    source_system,
    journey_id,
    row_number() over (partition by journey_id order by touched_at, touch_id) as touch_number,
    touch_id,
    touched_at,
    channel,
    channel_group,
    platform,
    campaign_id,
    ad_group_id,
    ad_id,
    converted,
    order_id,
    converted_on,
    _export_file,
    _export_record
from journeys
