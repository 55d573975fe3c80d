-- One row per use of a sales content, up to as_of, of every system.
with

unioned as (
    {{ union_staged(['stg_generic__content_use'], [
        'source_system',
        'use_id',
        'content_id',
        'crm_source_system',
        'opportunity_id',
        'rep_id',
        'account_id',
        'used_at',
        'viewed_by_customer',
        'view_seconds',
        'rating',
    ]) }}
)

select
    unioned.source_system,
    unioned.use_id,
    unioned.content_id,
    unioned.crm_source_system,
    unioned.opportunity_id,
    unioned.rep_id,
    unioned.account_id,
    unioned.used_at,
    unioned.viewed_by_customer,
    unioned.view_seconds,
    unioned.rating,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.used_at < as_of.as_of_at
