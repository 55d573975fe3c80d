-- One row per change of a deal's owner, of every system that exports such changes apart from the history of stages.
with

unioned as (
    {{ union_records(['stg_salesforce__opportunity_field_history'], [
        'source_system',
        'opportunity_id',
        'change_id',
        'owner_id',
        'owner_before_id',
        'changed_at',
    ], ['staged', 'deleted']) }}
)

select
    source_system,
    opportunity_id,
    change_id,
    owner_id,
    owner_before_id,
    changed_at,
    _export_file,
    _export_record
from unioned
where owner_id is not null
