-- One row per period of a subscription in which its price did not change, begun up to as_of: from when to when it was live, and what it brought a month.
with

unioned as (
    {{ union_staged(['stg_generic__subscription'], [
        'source_system',
        'subscription_id',
        'customer_source_system',
        'customer_id',
        'started_on',
        'ended_on',
        'amount',
        'interval_months',
        'currency',
        'plan',
    ]) }}
),

followed as (
    select
        *,
        lead(started_on) over (partition by source_system, subscription_id order by started_on) as next_started_on
    from unioned
)

select
    followed.source_system,
    followed.subscription_id,
    followed.customer_source_system,
    followed.customer_id,
    followed.started_on,
    -- the next period ends this one, whether the export says so or gives both the same day: no price counts twice
    cast(least(followed.ended_on, {{ dbt.dateadd('day', -1, 'followed.next_started_on') }}) as date) as live_until_on,
    cast(followed.amount / greatest(coalesce(followed.interval_months, 1), 1) as {{ money_type() }}) as monthly_amount,
    {{ currency_or_default('followed.currency') }} as currency,
    followed.plan,
    followed._export_file,
    followed._export_record
from followed
cross join {{ ref('int_as_of') }} as as_of
where followed.started_on <= as_of.as_of_on
