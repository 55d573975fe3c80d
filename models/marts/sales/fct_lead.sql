-- One row per lead record created by as_of. Duplicates are listed with the lead that survives them; KPIs count survivors.
with

leads as (
    select
        *,
        {{ local_date('created_at') }} as created_on
    from {{ ref('int_lead') }}
),

deals as (
    select * from {{ ref('fct_opportunity') }}
),

reps as (
    select * from {{ ref('dim_rep') }}
    where is_current
),

joined as (
    select
        leads.*,
        reps.team,
        reps.region,
        -- a deal that did not exist at as_of is not known yet
        deals.opportunity_id as deal_id,
        coalesce(deals.is_won, false) as is_won,
        case when deals.is_won then deals.last_closed_at end as won_at,
        case when deals.is_won then {{ days_between('leads.created_on', 'deals.closed_on') }} end as lead_to_customer_days
    from leads
    left join reps
        on
            leads.source_system = reps.source_system
            and leads.owner_id = reps.rep_id
    left join deals
        on
            leads.source_system = deals.source_system
            and leads.opportunity_id = deals.opportunity_id
)

select
    joined.source_system,
    joined.lead_id,
    joined.created_at,
    joined.created_on,
    joined.source,
    coalesce(joined.channel, 'Unknown') as channel,
    coalesce(joined.channel_group, 'unknown') as channel_group,
    joined.known_campaign_id as campaign_id,
    joined.partner_id,
    joined.owner_id,
    joined.team,
    joined.region,
    joined.country,
    joined.completeness_ratio,
    joined.duplicate_of_lead_id,
    joined.duplicate_of_lead_id is null as is_survivor,
    case when joined.converted_at < as_of.as_of_at then joined.converted_at end as converted_at,
    joined.deal_id as opportunity_id,
    joined.deal_id is not null as became_opportunity,
    joined.is_won,
    joined.won_at,
    joined.lead_to_customer_days,
    coalesce(joined.lead_to_customer_days <= 30, false) as is_won_by_day_30,
    coalesce(joined.lead_to_customer_days <= 90, false) as is_won_by_day_90,
    coalesce(joined.lead_to_customer_days <= 180, false) as is_won_by_day_180,
    -- completeness bands of lead_quality: what a rep can do with the lead
    case
        when joined.completeness_ratio >= 0.999 then 'complete'
        when joined.completeness_ratio >= 0.5 then 'partial'
        else 'poor'
    end as completeness_band,
    coalesce({{ is_mature('joined.created_on', 'close_rate') }}, false) as is_close_rate_mature,
    coalesce({{ is_mature('joined.created_on', 'lead_to_customer_time') }}, false) as is_lead_to_customer_time_mature,
    joined._export_file,
    joined._export_record
from joined
cross join {{ ref('int_as_of') }} as as_of
