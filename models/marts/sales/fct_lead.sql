-- One row per lead record created by as_of. Duplicates are listed with the lead that survives them; KPIs count survivors.
with

leads as (
    select * from {{ ref('int_lead') }}
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

reps as (
    select * from {{ ref('dim_rep') }}
    where is_current
)

select
    leads.source_system,
    leads.lead_id,
    leads.created_at,
    {{ local_date('leads.created_at') }} as created_on,
    leads.source,
    coalesce(leads.channel, 'Unknown') as channel,
    coalesce(leads.channel_group, 'unknown') as channel_group,
    coalesce(campaign_key.campaign_id, leads.platform_campaign_id, leads.campaign_id) as campaign_id,
    leads.partner_id,
    leads.owner_id,
    reps.team,
    reps.region,
    leads.country,
    leads.completeness_ratio,
    leads.duplicate_of_lead_id,
    case when leads.converted_at < as_of.as_of_at then leads.converted_at end as converted_at,
    -- a deal that did not exist at as_of is not known yet
    deals.opportunity_id,
    coalesce(deals.outcome = 'won', false) as is_won,
    case when deals.outcome = 'won' then deals.last_closed_at end as won_at,
    case when deals.outcome = 'won' then {{ days_between(local_date('leads.created_at'), 'deals.closed_on') }} end as lead_to_customer_days,
    -- completeness bands of lead_quality: what a rep can do with the lead
    case
        when leads.completeness_ratio >= 0.999 then 'complete'
        when leads.completeness_ratio >= 0.5 then 'partial'
        else 'poor'
    end as completeness_band,
    leads._export_file,
    leads._export_record
from leads
cross join {{ ref('int_as_of') }} as as_of
left join reps
    on
        leads.source_system = reps.source_system
        and leads.owner_id = reps.rep_id
left join deals
    on
        leads.source_system = deals.source_system
        and leads.opportunity_id = deals.opportunity_id
left join {{ ref('int_campaign_key') }} as campaign_key
    on
        leads.source_system = campaign_key.named_by
        and leads.campaign_id = campaign_key.named_id
