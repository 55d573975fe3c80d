-- One row per rep and validity period. Who owns deals, leads, requests or quotes, or made calls, and is listed by no export has a row too.
with

reps as (
    select * from {{ ref('int_rep') }}
),

as_of as (
    select * from {{ ref('int_as_of') }}
),

owners as (
    select
        source_system,
        owner_id as rep_id
    from {{ ref('int_opportunity_state') }}
    where owner_id is not null
    union
    select
        source_system,
        owner_id as rep_id
    from {{ ref('int_lead_records') }}
    where owner_id is not null
    union
    select
        source_system,
        rep_id
    from {{ ref('int_activity') }}
    where rep_id is not null
    union
    select
        crm_source_system as source_system,
        owner_id as rep_id
    from {{ ref('int_request') }}
    where owner_id is not null
    union
    select
        crm_source_system as source_system,
        rep_id
    from {{ ref('int_quote') }}
    where rep_id is not null
),

unlisted as (
    select owners.*
    from owners
    left join reps
        on
            owners.source_system = reps.source_system
            and owners.rep_id = reps.rep_id
    where reps.rep_id is null
),

listed as (
    select
        source_system,
        rep_id,
        rep_name,
        team,
        region,
        manager_id,
        is_active,
        valid_from,
        valid_to,
        true as is_listed
    from reps
    union all
    select
        source_system,
        rep_id,
        rep_id as rep_name,
        null as team,
        null as region,
        null as manager_id,
        null as is_active,
        null as valid_from,
        null as valid_to,
        false as is_listed
    from unlisted
)

select
    listed.source_system,
    listed.rep_id,
    listed.rep_name,
    listed.team,
    listed.region,
    listed.manager_id,
    listed.is_active,
    listed.is_listed,
    listed.valid_from,
    listed.valid_to,
    row_number() over (
        partition by listed.source_system, listed.rep_id
        order by
            {{ whole_number('listed.valid_from is null or listed.valid_from <= as_of.as_of_on') }} desc,
            listed.valid_from desc nulls last
    ) = 1 as is_current
from listed
cross join as_of
