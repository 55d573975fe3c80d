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

phone_owners as (
    -- the e-mail to which a phone number belongs: that of the earliest lead that has both
    select
        source_system,
        valid_phone,
        valid_email
    from (
        select
            source_system,
            valid_phone,
            valid_email,
            row_number() over (partition by source_system, valid_phone order by created_at, lead_id) as place
        from leads
        where valid_phone is not null and valid_email is not null
    ) as numbered
    where place = 1
),

persons as (
    -- the e-mail says who it is; the phone decides only where there is no e-mail to decide, whichever lead came first
    select
        leads.*,
        case
            when leads.valid_email is not null then 'e-mail ' || leads.valid_email
            when phone_owners.valid_email is not null then 'e-mail ' || phone_owners.valid_email
            when leads.valid_phone is not null then 'phone ' || leads.valid_phone
            else 'lead ' || leads.lead_id
        end as person
    from leads
    left join phone_owners
        on
            leads.source_system = phone_owners.source_system
            and leads.valid_phone = phone_owners.valid_phone
),

grouped as (
    select
        *,
        first_value(lead_id) over (partition by source_system, person order by created_at, lead_id) as person_lead_id
    from persons
),

conversions as (
    -- what any record of the person was converted to: a won deal first, then the survivor's own, then the earliest
    select
        source_system,
        person_lead_id,
        converted_at,
        opportunity_id,
        account_id
    from (
        select
            grouped.source_system,
            grouped.person_lead_id,
            min(grouped.converted_at) over (partition by grouped.source_system, grouped.person_lead_id) as converted_at,
            grouped.opportunity_id,
            -- a deal without an account is a customer of its own
            coalesce(grouped.account_id, opportunity.account_id, 'deal ' || opportunity.opportunity_id) as account_id,
            row_number() over (
                partition by grouped.source_system, grouped.person_lead_id
                order by
                    {{ whole_number("state.outcome = 'won'") }} desc,
                    {{ whole_number('grouped.opportunity_id is not null') }} desc,
                    {{ whole_number('grouped.account_id is not null') }} desc,
                    {{ whole_number('grouped.lead_id = grouped.person_lead_id') }} desc,
                    grouped.created_at,
                    grouped.lead_id
            ) as choice
        from grouped
        left join {{ ref('int_opportunity') }} as opportunity
            on
                grouped.source_system = opportunity.source_system
                and grouped.opportunity_id = opportunity.opportunity_id
        left join {{ ref('int_opportunity_state') }} as state
            on
                grouped.source_system = state.source_system
                and grouped.opportunity_id = state.opportunity_id
    ) as numbered
    where choice = 1
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
    -- the campaign of dim_campaign, however the export names it
    coalesce(campaign_key.campaign_id, grouped.platform_campaign_id, grouped.campaign_id) as known_campaign_id,
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
        {{ origin_key('grouped.utm_source') }} = channel.utm_source
        and {{ origin_key('grouped.utm_medium') }} = channel.utm_medium
        and {{ origin_key('grouped.source') }} = channel.lead_source
left join {{ ref('int_campaign_key') }} as campaign_key
    on
        grouped.source_system = campaign_key.named_by
        and grouped.campaign_id = campaign_key.named_id
