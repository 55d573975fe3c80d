-- One row per campaign and day on which it cost something: spend of the ad platforms, and the whole cost of other campaigns on their first day.
with

costs as (
    select
        platform,
        campaign_id,
        occurred_on,
        sum(spend_base) as spend_base
    from {{ ref('int_marketing_cost') }}
    group by platform, campaign_id, occurred_on
)

select
    costs.platform,
    costs.campaign_id,
    costs.occurred_on,
    -- a campaign that nobody lists costs all the same
    coalesce(campaign.channel_group, 'unknown') as channel_group,
    cast(costs.spend_base as {{ money_type() }}) as spend_base
from costs
left join {{ ref('dim_campaign') }} as campaign
    on
        costs.platform = campaign.platform
        and costs.campaign_id = campaign.campaign_id
