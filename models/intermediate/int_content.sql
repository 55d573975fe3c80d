-- One row per sales content, of every system.
with

unioned as (
    {{ union_staged(['stg_generic__content'], [
        'source_system',
        'content_id',
        'content_name',
        'kind',
        'owner',
        'published_on',
    ]) }}
)

select
    unioned.source_system,
    unioned.content_id,
    unioned.content_name,
    unioned.kind,
    unioned.owner,
    unioned.published_on,
    unioned._export_file,
    unioned._export_record
from unioned
