-- One row per lead record created by as_of, of every system, before duplicates are recognised.
with

unioned as (
    {{ union_staged(['stg_salesforce__lead', 'stg_generic__lead'], [
        'source_system',
        'lead_id',
        'owner_id',
        'partner_id',
        'account_id',
        'opportunity_id',
        'campaign_id',
        'platform_campaign_id',
        'platform_ad_id',
        'click_platform',
        'lead_name',
        'company',
        'email',
        'phone',
        'country',
        'source',
        'utm_source',
        'utm_medium',
        'created_at',
        'converted_at',
    ]) }}
),

normalised as (
    select
        unioned.*,
        -- what a lead became after as_of is not known yet
        coalesce(unioned.converted_at >= as_of.as_of_at, false) as converts_later,
        {{ valid_email('unioned.email') }} as valid_email,
        {{ valid_phone_digits('unioned.phone') }} as valid_phone
    from unioned
    cross join {{ ref('int_as_of') }} as as_of
    where unioned.created_at < as_of.as_of_at
)

select
    source_system,
    lead_id,
    owner_id,
    partner_id,
    case when not converts_later then account_id end as account_id,
    case when not converts_later then opportunity_id end as opportunity_id,
    campaign_id,
    platform_campaign_id,
    platform_ad_id,
    click_platform,
    company,
    country,
    source,
    -- a click id says where the click was paid for even where the form lost the UTM fields
    coalesce(utm_source, case click_platform when 'google_ads' then 'google' when 'meta_ads' then 'facebook' end) as utm_source,
    coalesce(utm_medium, case click_platform when 'google_ads' then 'cpc' when 'meta_ads' then 'paid_social' end) as utm_medium,
    created_at,
    case when not converts_later then converted_at end as converted_at,
    valid_email,
    valid_phone,
    (
        {{ var('lead_name_weight') }} * {{ whole_number('lead_name is not null') }}
        + {{ var('lead_email_weight') }} * {{ whole_number('valid_email is not null') }}
        + {{ var('lead_phone_weight') }} * {{ whole_number('valid_phone is not null') }}
    ) / cast({{ var('lead_name_weight') }} + {{ var('lead_email_weight') }} + {{ var('lead_phone_weight') }} as double) as completeness_ratio,
    _export_file,
    _export_record
from normalised
