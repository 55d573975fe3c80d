-- One row per registration of a deal by a partner, up to as_of, and whether it was approved by then.
with

unioned as (
    {{ union_staged(['stg_generic__deal_registration'], [
        'source_system',
        'registration_id',
        'partner_source_system',
        'partner_id',
        'opportunity_id',
        'registered_at',
        'status',
        'approved_at',
        'expires_on',
    ]) }}
)

select
    unioned.source_system,
    unioned.registration_id,
    unioned.partner_source_system,
    unioned.partner_id,
    unioned.opportunity_id,
    unioned.registered_at,
    unioned.status,
    unioned.approved_at,
    unioned.expires_on,
    -- the status decides; an export without one tells by the time of approval
    coalesce(unioned.status, case when unioned.approved_at is not null then 'approved' else 'pending' end) = 'approved'
    and coalesce(unioned.approved_at < as_of.as_of_at, true) as is_approved,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.registered_at < as_of.as_of_at
