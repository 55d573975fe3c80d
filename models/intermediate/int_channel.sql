-- One row per origin of a lead, deal, campaign, visit or e-mail that occurs (utm source, utm medium, source of a lead or deal, or campaign type, as origins are compared): its channel by the channel map.
with

rules as (
    select * from {{ ref('stg_reference__channel_map') }}
    where _row_status = 'staged'
),

origins as (
    select
        {{ origin_key('utm_source') }} as utm_source,
        {{ origin_key('utm_medium') }} as utm_medium,
        {{ origin_key('source') }} as lead_source
    from {{ ref('int_lead_records') }}
    union
    select
        '' as utm_source,
        '' as utm_medium,
        {{ origin_key('campaign_type') }} as lead_source
    from {{ ref('int_campaign_records') }}
    union
    select
        '' as utm_source,
        '' as utm_medium,
        {{ origin_key('source') }} as lead_source
    from {{ ref('int_opportunity') }}
    union
    select
        {{ origin_key('utm_source') }} as utm_source,
        {{ origin_key('utm_medium') }} as utm_medium,
        {{ origin_key('channel') }} as lead_source
    from {{ ref('int_web_action_records') }}
    union
    -- a visit none of whose records names an origin
    select
        {{ origin_key('default_source') }} as utm_source,
        '' as utm_medium,
        '' as lead_source
    from {{ ref('int_web_action_records') }}
    union
    select
        '' as utm_source,
        'email' as utm_medium,
        '' as lead_source
    from {{ ref('int_email_campaign') }}
),

matches as (
    select
        origins.*,
        rules.channel,
        rules.channel_group,
        row_number() over (
            partition by origins.utm_source, origins.utm_medium, origins.lead_source
            order by rules.priority nulls last
        ) as match_number
    from origins
    left join rules
        on
            (rules.utm_source is null or {{ origin_key('rules.utm_source') }} = origins.utm_source)
            and (rules.utm_medium is null or {{ origin_key('rules.utm_medium') }} = origins.utm_medium)
            and (rules.lead_source is null or {{ origin_key('rules.lead_source') }} = origins.lead_source)
)

select
    utm_source,
    utm_medium,
    lead_source,
    coalesce(channel, 'Unknown') as channel,
    coalesce(channel_group, 'unknown') as channel_group
from matches
where match_number = 1
