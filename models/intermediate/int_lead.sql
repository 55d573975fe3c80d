-- One row per lead record, with the lead it duplicates: same valid e-mail, else (without an e-mail) same valid phone number.
-- The earliest survives; what a duplicate was converted to counts for the survivor.
with

records as (
    select * from {{ ref('int_lead_records') }}
),

deals_naming_a_lead as (
    -- some systems keep the link in the deal; of several deals of a lead the won one tells, else the first
    select
        opportunity.source_system,
        opportunity.lead_id,
        opportunity.opportunity_id,
        opportunity.account_id,
        opportunity.created_at,
        row_number() over (
            partition by opportunity.source_system, opportunity.lead_id
            order by {{ whole_number("state.outcome = 'won'") }} desc, opportunity.created_at nulls last, opportunity.opportunity_id
        ) as choice
    from {{ ref('int_opportunity') }} as opportunity
    inner join {{ ref('int_opportunity_state') }} as state
        on
            opportunity.source_system = state.source_system
            and opportunity.opportunity_id = state.opportunity_id
    where opportunity.lead_id is not null
),

leads as (
    select
        records.source_system,
        records.lead_id,
        records.owner_id,
        records.partner_id,
        coalesce(records.account_id, deals_naming_a_lead.account_id) as account_id,
        coalesce(records.opportunity_id, deals_naming_a_lead.opportunity_id) as opportunity_id,
        records.campaign_id,
        records.platform_campaign_id,
        records.platform_ad_id,
        records.click_platform,
        records.company,
        records.country,
        records.source,
        records.utm_source,
        records.utm_medium,
        records.created_at,
        coalesce(records.converted_at, deals_naming_a_lead.created_at) as converted_at,
        records.valid_email,
        records.valid_phone,
        records.completeness_ratio,
        records._export_file,
        records._export_record
    from records
    left join deals_naming_a_lead
        on
            records.source_system = deals_naming_a_lead.source_system
            and records.lead_id = deals_naming_a_lead.lead_id
            and deals_naming_a_lead.choice = 1
),

by_email as (
    select
        *,
        first_value(lead_id) over (partition by source_system, valid_email order by created_at, lead_id) as earliest_with_email
    from leads
),

by_phone as (
    select
        *,
        case when valid_email is not null then earliest_with_email else lead_id end as survivor_by_email,
        first_value(case when valid_email is not null then earliest_with_email else lead_id end) over (
            partition by source_system, valid_phone order by created_at, lead_id
        ) as earliest_with_phone
    from by_email
),

grouped as (
    select
        *,
        -- the phone decides only where there is no e-mail to decide
        case
            when valid_email is null and valid_phone is not null then earliest_with_phone
            else survivor_by_email
        end as person_lead_id
    from by_phone
),

conversions as (
    select
        source_system,
        person_lead_id,
        min(converted_at) as converted_at,
        max_by(account_id, lead_id = person_lead_id) filter (where account_id is not null) as account_id,
        max_by(opportunity_id, lead_id = person_lead_id) filter (where opportunity_id is not null) as opportunity_id
    from grouped
    group by source_system, person_lead_id
)

select
    grouped.source_system,
    grouped.lead_id,
    grouped.person_lead_id,
    case when grouped.person_lead_id <> grouped.lead_id then grouped.person_lead_id end as duplicate_of_lead_id,
    grouped.owner_id,
    grouped.partner_id,
    grouped.company,
    grouped.country,
    grouped.source,
    grouped.utm_source,
    grouped.utm_medium,
    grouped.click_platform,
    grouped.campaign_id,
    grouped.platform_campaign_id,
    grouped.platform_ad_id,
    channel.channel,
    channel.channel_group,
    grouped.completeness_ratio,
    grouped.created_at,
    conversions.converted_at,
    conversions.account_id,
    conversions.opportunity_id,
    grouped._export_file,
    grouped._export_record
from grouped
inner join conversions
    on
        grouped.source_system = conversions.source_system
        and grouped.person_lead_id = conversions.person_lead_id
left join {{ ref('int_channel') }} as channel
    on
        coalesce(lower(grouped.utm_source), '') = channel.utm_source
        and coalesce(lower(grouped.utm_medium), '') = channel.utm_medium
        and coalesce(lower(grouped.source), '') = channel.lead_source
