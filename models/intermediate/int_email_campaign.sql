-- One row per e-mail campaign (mailing) and day of sending up to as_of, of every system.
with

unioned as (
    {{ union_staged(['stg_generic__email_campaign'], [
        'source_system',
        'mailing_id',
        'campaign_id',
        'mailing_name',
        'date_on',
        'sent',
        'delivered',
        'opened',
        'clicked',
        'replied',
        'unsubscribed',
    ]) }}
)

select
    unioned.source_system,
    unioned.mailing_id,
    unioned.campaign_id,
    unioned.mailing_name,
    unioned.date_on,
    unioned.sent,
    coalesce(unioned.delivered, unioned.sent) as delivered,
    unioned.opened,
    unioned.clicked,
    unioned.replied,
    unioned.unsubscribed,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.date_on <= as_of.as_of_on
