-- One row per training or coaching and rep, up to as_of, of every system. One that is planned has not been held.
with

unioned as (
    {{ union_staged(['stg_generic__training'], [
        'source_system',
        'training_id',
        'crm_source_system',
        'rep_id',
        'kind',
        'topic',
        'held_at',
        'duration_minutes',
    ]) }}
)

select
    unioned.source_system,
    unioned.training_id,
    unioned.crm_source_system,
    unioned.rep_id,
    unioned.kind,
    unioned.topic,
    unioned.held_at,
    unioned.duration_minutes,
    unioned._export_file,
    unioned._export_record
from unioned
cross join {{ ref('int_as_of') }} as as_of
where unioned.held_at < as_of.as_of_at
