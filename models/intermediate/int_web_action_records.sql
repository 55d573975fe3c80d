-- One row per visit or action of web analytics up to as_of, of every system, with the visit it belongs to.
with

unioned as (
    {{ union_staged(['stg_ga4__event', 'stg_generic__web_action'], [
        'source_system',
        'action_id',
        'visitor_id',
        'session_id',
        'campaign_id',
        'event_name',
        'page',
        'landing_page',
        'utm_source',
        'utm_medium',
        'channel',
        'default_source',
        'campaign_name',
        'device_category',
        'sequence_number',
        'occurred_at',
    ]) }}
)

select
    unioned.source_system,
    unioned.action_id,
    -- where only sessions are known, each session is a visitor
    coalesce(unioned.visitor_id, 'session ' || unioned.session_id) as visitor_id,
    unioned.session_id,
    -- sessions are numbered by visitor; what carries no session is a visit of its own
    case
        when unioned.session_id is not null then coalesce(unioned.visitor_id || ' ', '') || 'session ' || unioned.session_id
        else 'action ' || unioned.action_id
    end as visit_id,
    unioned.campaign_id,
    unioned.event_name,
    {{ page_path('unioned.page') }} as page,
    {{ page_path('coalesce(unioned.landing_page, unioned.page)') }} as landing_page,
    unioned.utm_source,
    unioned.utm_medium,
    unioned.channel,
    unioned.default_source,
    unioned.campaign_name,
    unioned.device_category,
    unioned.sequence_number,
    unioned.occurred_at,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.occurred_at < as_of.as_of_at
