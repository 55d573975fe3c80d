-- One row per refresh, the failed ones too. The refresh that builds the release adds its own row when it publishes.
select
    refresh_id,
    cast(started_at as timestamp) as started_at,
    cast(finished_at as timestamp) as finished_at,
    cast(as_of as date) as as_of,
    status,
    door,
    cast(checks_passed_count as bigint) as checks_passed_count,
    cast(checks_failed_count as bigint) as checks_failed_count,
    published_version
from {{ ref('landing__refresh_log') }}
