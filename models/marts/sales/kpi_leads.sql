-- One row per period (month of creation) and scope: leads without duplicates, growth, completeness with the observed rate of each band, and the time to the first won deal.
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
        lead.completeness_ratio,
        lead.completeness_band,
        lead.is_survivor,
        lead.became_opportunity,
        lead.lead_to_customer_days,
        lead.is_won_by_day_30,
        lead.is_won_by_day_90,
        lead.is_won_by_day_180,
        lead.is_lead_to_customer_time_mature as is_mature
    from {{ ref('fct_lead') }} as lead
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
        count(*) filter (where is_survivor) as leads_created_count,
        count(*) filter (where not is_survivor) as duplicates_count,
        cast(sum(cast(completeness_ratio as decimal(18, 12))) filter (where is_survivor) as double) as completeness_sum,
        count(*) filter (where is_survivor and completeness_band = 'complete') as complete_leads_count,
        count(*) filter (where is_survivor and completeness_band = 'complete' and became_opportunity) as complete_opportunities_count,
        count(*) filter (where is_survivor and completeness_band = 'partial') as partial_leads_count,
        count(*) filter (where is_survivor and completeness_band = 'partial' and became_opportunity) as partial_opportunities_count,
        count(*) filter (where is_survivor and completeness_band = 'poor') as poor_leads_count,
        count(*) filter (where is_survivor and completeness_band = 'poor' and became_opportunity) as poor_opportunities_count,
        count(lead_to_customer_days) filter (where is_survivor) as customers_count,
        sum(lead_to_customer_days) filter (where is_survivor) as lead_to_customer_days,
        {{ percentile('case when is_survivor then lead_to_customer_days end', 0.5) }} as lead_to_customer_p50_days,
        {{ percentile('case when is_survivor then lead_to_customer_days end', 0.9) }} as lead_to_customer_p90_days,
        count(*) filter (where is_survivor and is_mature) as mature_leads_count,
        count(*) filter (where is_survivor and is_mature and is_won_by_day_30) as won_by_day_30_count,
        count(*) filter (where is_survivor and is_mature and is_won_by_day_90) as won_by_day_90_count,
        count(*) filter (where is_survivor and is_mature and is_won_by_day_180) as won_by_day_180_count
    from by_scope
    group by period_kind, period_month, scope_kind, scope_id
),

spine as (
    {{ period_spine(['counted']) }}
),

filled as (
    select
        spine.period_kind,
        spine.period_month,
        spine.scope_kind,
        spine.scope_id,
        coalesce(counted.leads_created_count, 0) as leads_created_count,
        coalesce(counted.duplicates_count, 0) as duplicates_count,
        counted.completeness_sum,
        coalesce(counted.complete_leads_count, 0) as complete_leads_count,
        coalesce(counted.complete_opportunities_count, 0) as complete_opportunities_count,
        coalesce(counted.partial_leads_count, 0) as partial_leads_count,
        coalesce(counted.partial_opportunities_count, 0) as partial_opportunities_count,
        coalesce(counted.poor_leads_count, 0) as poor_leads_count,
        coalesce(counted.poor_opportunities_count, 0) as poor_opportunities_count,
        coalesce(counted.customers_count, 0) as customers_count,
        counted.lead_to_customer_days,
        counted.lead_to_customer_p50_days,
        counted.lead_to_customer_p90_days,
        coalesce(counted.mature_leads_count, 0) as mature_leads_count,
        coalesce(counted.won_by_day_30_count, 0) as won_by_day_30_count,
        coalesce(counted.won_by_day_90_count, 0) as won_by_day_90_count,
        coalesce(counted.won_by_day_180_count, 0) as won_by_day_180_count
    from spine
    left join counted
        on {{ same_period_and_scope('spine', 'counted') }}
),

compared as (
    select
        *,
        case
            when period_kind = 'month'
                then lag(leads_created_count) over (partition by scope_kind, scope_id, period_kind order by period_month)
        end as previous_month_leads_count
    from filled
)

select
    period_kind,
    period_month,
    scope_kind,
    scope_id,
    leads_created_count,
    duplicates_count,
    previous_month_leads_count,
    {{ divide('leads_created_count - previous_month_leads_count', 'previous_month_leads_count') }} as lead_growth_rate,
    completeness_sum,
    {{ divide('completeness_sum', 'leads_created_count') }} as completeness_mean_ratio,
    complete_leads_count,
    complete_opportunities_count,
    {{ rate_columns('complete_opportunity', 'complete_opportunities_count', 'complete_leads_count') }},
    partial_leads_count,
    partial_opportunities_count,
    {{ rate_columns('partial_opportunity', 'partial_opportunities_count', 'partial_leads_count') }},
    poor_leads_count,
    poor_opportunities_count,
    {{ rate_columns('poor_opportunity', 'poor_opportunities_count', 'poor_leads_count') }},
    customers_count,
    lead_to_customer_days,
    {{ divide('lead_to_customer_days', 'customers_count') }} as lead_to_customer_mean_days,
    lead_to_customer_p50_days,
    lead_to_customer_p90_days,
    mature_leads_count,
    won_by_day_30_count,
    {{ rate_columns('won_by_day_30', 'won_by_day_30_count', 'mature_leads_count') }},
    won_by_day_90_count,
    {{ rate_columns('won_by_day_90', 'won_by_day_90_count', 'mature_leads_count') }},
    won_by_day_180_count,
    {{ rate_columns('won_by_day_180', 'won_by_day_180_count', 'mature_leads_count') }},
    leads_created_count > 0 and mature_leads_count = leads_created_count as is_mature
from compared
