-- One row per channel partner, of every system. Salesforce keeps partners among the accounts; their terms are a reference table.
with

accounts as (
    select * from {{ ref('int_account') }}
),

terms as (
    select * from {{ ref('stg_reference__partner_terms') }}
    where _row_status = 'staged'
),

generic_partners as (
    select * from {{ ref('stg_generic__partner') }}
    where _row_status = 'staged'
),

roles as (
    select distinct
        source_system,
        partner_id
    from {{ ref('int_opportunity_partner') }}
),

crm_partners as (
    select
        accounts.source_system,
        accounts.account_id as partner_id,
        accounts.account_name as partner_name,
        terms.tier,
        coalesce(terms.region, accounts.country) as region,
        terms.commission_rate
    from accounts
    left join terms
        on
            accounts.source_system = terms.source_system
            and accounts.account_id = terms.partner_id
    where accounts.account_type = 'partner' or terms.partner_id is not null
),

listed as (
    select
        source_system,
        partner_id,
        partner_name,
        tier,
        region,
        commission_rate
    from crm_partners
    union all
    select
        source_system,
        partner_id,
        partner_name,
        tier,
        region,
        commission_rate
    from generic_partners
)

select * from listed
union all
-- a partner that deals name but no list knows still has a scorecard
select
    roles.source_system,
    roles.partner_id,
    coalesce(accounts.account_name, roles.partner_id) as partner_name,
    null as tier,
    accounts.country as region,
    null as commission_rate
from roles
left join listed
    on
        roles.source_system = listed.source_system
        and roles.partner_id = listed.partner_id
left join accounts
    on
        roles.source_system = accounts.source_system
        and roles.partner_id = accounts.account_id
where listed.partner_id is null
