-- One row per visitor's action or visit (an event that the action map does not name). Its channel and landing page are those of the visit:
-- the first record of it that names an origin, the first that names a page.
with

records as (
    select * from {{ ref('int_web_action_records') }}
),

action_names as (
    select
        {{ origin_key('event_name') }} as event_key,
        min(action) as action
    from {{ ref('stg_reference__web_action_map') }}
    where _row_status = 'staged'
    group by {{ origin_key('event_name') }}
),

numbered as (
    select
        *,
        row_number() over (partition by source_system, visit_id order by occurred_at, sequence_number nulls first, action_id) as record_number
    from records
),

origins as (
    -- the record that begins a session often tells neither page nor origin
    select
        source_system,
        visit_id,
        utm_source,
        utm_medium,
        channel,
        campaign_id,
        campaign_name,
        row_number() over (partition by source_system, visit_id order by record_number) as choice
    from numbered
    where utm_source is not null or utm_medium is not null or channel is not null
),

landings as (
    select
        source_system,
        visit_id,
        landing_page,
        row_number() over (partition by source_system, visit_id order by record_number) as choice
    from numbered
    where landing_page is not null
),

actions as (
    select
        numbered.*,
        coalesce(origins.utm_source, case when origins.visit_id is null then numbered.default_source end) as visit_source,
        origins.utm_medium as visit_medium,
        origins.channel as visit_channel,
        coalesce(origins.campaign_id, numbered.campaign_id) as visit_campaign_id,
        coalesce(origins.campaign_name, numbered.campaign_name) as visit_campaign_name,
        coalesce(landings.landing_page, 'unknown') as visit_landing_page,
        coalesce(action_names.action, 'visit') as action
    from numbered
    left join origins
        on
            numbered.source_system = origins.source_system
            and numbered.visit_id = origins.visit_id
            and origins.choice = 1
    left join landings
        on
            numbered.source_system = landings.source_system
            and numbered.visit_id = landings.visit_id
            and landings.choice = 1
    left join action_names
        on {{ origin_key('numbered.event_name') }} = action_names.event_key
)

select
    actions.source_system,
    actions.action_id,
    actions.visitor_id,
    actions.session_id,
    actions.visit_id,
    actions.occurred_at,
    {{ local_date('actions.occurred_at') }} as occurred_on,
    actions.event_name,
    actions.action,
    actions.action = 'visit' as is_visit,
    actions.record_number = 1 as is_visit_start,
    -- a channel that the export names and no rule knows stays as it is named
    case when channel.channel_group <> 'unknown' then channel.channel else coalesce(actions.visit_channel, 'Unknown') end as channel,
    coalesce(channel.channel_group, 'unknown') as channel_group,
    actions.visit_landing_page as landing_page,
    actions.page,
    actions.visit_campaign_id as campaign_id,
    actions.visit_campaign_name as campaign_name,
    actions.device_category,
    actions._export_file,
    actions._export_record
from actions
left join {{ ref('int_channel') }} as channel
    on
        {{ origin_key('actions.visit_source') }} = channel.utm_source
        and {{ origin_key('actions.visit_medium') }} = channel.utm_medium
        and {{ origin_key('actions.visit_channel') }} = channel.lead_source
