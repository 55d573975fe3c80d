-- One row per period (month of the lead's creation: a cohort) and scope: how many leads, without duplicates, reached a won deal, beside the same month a year before.
with

leads as (
    select
        lead.owner_id,
        lead.team,
        lead.region,
        lead.country,
        lead.source,
        lead.channel,
        lead.campaign_id,
        lead.partner_id,
        lead.created_on,
        lead.is_won,
        lead.is_close_rate_mature as is_mature
    from {{ ref('fct_lead') }} as lead
    where lead.is_survivor
),

by_period as (
    {{ by_period('leads', 'created_on') }}
),

by_scope as (
    {{ scoped('by_period', lead_scopes()) }}
),

counted as (
    select
        period_kind,
        period_month,
        scope_kind,
        scope_id,
        count(*) as leads_count,
        count(*) filter (where is_won) as won_count,
        count(*) filter (where is_mature) as mature_leads_count,
        count(*) filter (where is_mature and is_won) as mature_won_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

filled as (
    select
        coalesce(counted.period_kind, headlines.period_kind) as period_kind,
        coalesce(counted.period_month, headlines.period_month) as period_month,
        coalesce(counted.scope_kind, headlines.scope_kind) as scope_kind,
        coalesce(counted.scope_id, headlines.scope_id) as scope_id,
        coalesce(counted.leads_count, 0) as leads_count,
        coalesce(counted.won_count, 0) as won_count,
        coalesce(counted.mature_leads_count, 0) as mature_leads_count,
        coalesce(counted.mature_won_count, 0) as mature_won_count
    from counted
    full outer join ({{ headline_rows() }}) as headlines
        on {{ same_period_and_scope('counted', 'headlines') }}
)

select
    filled.period_kind,
    filled.period_month,
    filled.scope_kind,
    filled.scope_id,
    filled.leads_count,
    filled.won_count,
    {{ rate_columns('close', 'filled.won_count', 'filled.leads_count') }},
    filled.mature_leads_count,
    filled.mature_won_count,
    {{ rate_columns('mature_close', 'filled.mature_won_count', 'filled.mature_leads_count') }},
    year_before.leads_count as leads_count_year_before,
    year_before.won_count as won_count_year_before,
    {{ divide('year_before.won_count', 'year_before.leads_count') }} as close_rate_year_before,
    {{ wilson_low('year_before.won_count', 'year_before.leads_count') }} as close_rate_year_before_low,
    {{ wilson_high('year_before.won_count', 'year_before.leads_count') }} as close_rate_year_before_high,
    filled.leads_count > 0 and filled.mature_leads_count = filled.leads_count as is_mature
from filled
left join filled as year_before
    on
        filled.period_kind = 'month'
        and filled.scope_kind = year_before.scope_kind
        and filled.scope_id = year_before.scope_id
        and {{ dbt.dateadd('year', -1, 'filled.period_month') }} = year_before.period_month
