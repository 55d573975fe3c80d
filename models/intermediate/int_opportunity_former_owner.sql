-- One row per deal that was handed over after as_of: who owned it at as_of.
select
    changes.source_system,
    changes.opportunity_id,
    min_by(changes.owner_before_id, changes.changed_at) as owner_id
from {{ ref('int_opportunity_owner_change') }} as changes
cross join {{ ref('int_as_of') }} as as_of
where changes.changed_at >= as_of.as_of_at
group by changes.source_system, changes.opportunity_id
