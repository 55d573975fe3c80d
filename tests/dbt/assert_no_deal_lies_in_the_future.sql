{{ config(severity='warn', meta={'dagster': {'ref': {'name': 'int_opportunity'}}}) }}

select
    opportunity.source_system,
    opportunity.opportunity_id,
    opportunity.created_at,
    opportunity.closed_at,
    opportunity._export_file,
    opportunity._export_record
from {{ ref('int_opportunity') }} as opportunity
cross join {{ ref('int_as_of') }} as as_of
-- someone who goes back in time on purpose knows that later deals are left out
where
    '{{ var("as_of") or "" }}' = ''
    and (
        opportunity.created_at >= as_of.as_of_at
        or (opportunity.outcome in ('won', 'lost') and opportunity.closed_at >= as_of.as_of_at)
    )
