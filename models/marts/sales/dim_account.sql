-- One row per account. An account that deals or orders name and no export lists has a row too.
with

accounts as (
    select account.*
    from {{ ref('int_account') }} as account
    cross join {{ ref('int_as_of') }} as as_of
    where coalesce(account.created_at < as_of.as_of_at, true)
),

named as (
    select
        opportunity.source_system,
        opportunity.account_id
    from {{ ref('int_opportunity') }} as opportunity
    -- deals created after as_of name nobody yet
    inner join {{ ref('int_opportunity_state') }} as state
        on
            opportunity.source_system = state.source_system
            and opportunity.opportunity_id = state.opportunity_id
    where opportunity.account_id is not null
    union
    select
        source_system,
        customer_id as account_id
    from {{ ref('int_order') }}
    -- a deal without an account is a customer, but no account
    where customer_id <> 'deal ' || coalesce(opportunity_id, '')
    union
    select
        customer_source_system as source_system,
        customer_id as account_id
    from {{ ref('int_customer_cost') }}
)

select
    coalesce(accounts.source_system, named.source_system) as source_system,
    coalesce(accounts.account_id, named.account_id) as account_id,
    coalesce(accounts.account_name, named.account_id) as account_name,
    accounts.account_type,
    accounts.segment,
    accounts.industry,
    accounts.country,
    accounts.owner_id,
    accounts.created_at,
    accounts.account_id is not null as is_listed
from accounts
full outer join named
    on
        accounts.source_system = named.source_system
        and accounts.account_id = named.account_id
