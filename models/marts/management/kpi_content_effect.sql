-- One row per sales content: its uses, the deals it was used in, and how deals with and without it went. Descriptive: reps choose where they use it.
with

uses as (
    select * from {{ ref('fct_content_use') }}
),

contents as (
    select
        source_system,
        content_id,
        content_name,
        kind,
        owner,
        published_on,
        true as is_listed
    from {{ ref('int_content') }}
    union all
    -- a content that was used and that no export lists (any more) keeps its row
    select distinct
        uses.source_system,
        uses.content_id,
        uses.content_id as content_name,
        cast(null as varchar) as kind,
        cast(null as varchar) as owner,
        cast(null as date) as published_on,
        false as is_listed
    from uses
    left join {{ ref('int_content') }} as content
        on
            uses.source_system = content.source_system
            and uses.content_id = content.content_id
    where content.content_id is null
),

used as (
    select
        source_system,
        content_id,
        count(*) as uses_count,
        count(distinct rep_id) as reps_count,
        count(viewed_by_customer) as views_known_count,
        count(*) filter (where viewed_by_customer) as customer_views_count,
        sum(view_seconds) as view_seconds,
        count(rating) as ratings_count,
        sum(rating) as ratings_sum,
        max(used_on) as last_used_on
    from uses
    group by source_system, content_id
),

deals as (
    select
        source_system,
        opportunity_id,
        {{ whole_number("outcome = 'won'") }} as is_won,
        {{ whole_number("outcome in ('won', 'lost')") }} as is_closed,
        case when outcome = 'won' then cycle_from_created_days end as won_cycle_days
    from {{ ref('fct_opportunity') }}
),

all_deals as (
    select
        count(*) as deals_count,
        coalesce(sum(is_won), 0) as won_count,
        coalesce(sum(is_closed), 0) as closed_count,
        count(won_cycle_days) as cycle_count,
        coalesce(sum(won_cycle_days), 0) as cycle_days
    from deals
),

deals_with as (
    select
        pairs.source_system,
        pairs.content_id,
        count(*) as deals_count,
        sum(deals.is_won) as won_count,
        sum(deals.is_closed) as closed_count,
        count(deals.won_cycle_days) as cycle_count,
        coalesce(sum(deals.won_cycle_days), 0) as cycle_days
    from (
        -- however often it was used in the deal
        select distinct
            source_system,
            content_id,
            crm_source_system,
            opportunity_id
        from uses
        where counts_for_deal
    ) as pairs
    inner join deals
        on
            pairs.crm_source_system = deals.source_system
            and pairs.opportunity_id = deals.opportunity_id
    group by pairs.source_system, pairs.content_id
),

counted as (
    select
        contents.source_system,
        contents.content_id,
        contents.content_name,
        contents.kind,
        contents.owner,
        contents.published_on,
        contents.is_listed,
        coalesce(used.uses_count, 0) as uses_count,
        coalesce(used.reps_count, 0) as reps_count,
        coalesce(used.views_known_count, 0) as views_known_count,
        case when used.views_known_count > 0 then used.customer_views_count end as customer_views_count,
        cast(used.view_seconds as bigint) as view_seconds,
        coalesce(used.ratings_count, 0) as ratings_count,
        used.ratings_sum,
        used.last_used_on,
        {{ days_between('used.last_used_on', 'as_of.as_of_on') }} as days_since_last_use,
        -- a content that nobody used yet is unused once it has been there long enough
        coalesce(
            {{ days_between('coalesce(used.last_used_on, contents.published_on)', 'as_of.as_of_on') }} >= {{ var('content_unused_days') }},
            true
        ) as is_unused,
        all_deals.deals_count as all_deals_count,
        coalesce(deals_with.deals_count, 0) as deals_count,
        coalesce(deals_with.won_count, 0) as with_won_count,
        coalesce(deals_with.closed_count, 0) as with_closed_count,
        coalesce(deals_with.cycle_count, 0) as with_cycle_count,
        coalesce(deals_with.cycle_days, 0) as with_cycle_days,
        all_deals.won_count - coalesce(deals_with.won_count, 0) as without_won_count,
        all_deals.closed_count - coalesce(deals_with.closed_count, 0) as without_closed_count,
        all_deals.cycle_count - coalesce(deals_with.cycle_count, 0) as without_cycle_count,
        all_deals.cycle_days - coalesce(deals_with.cycle_days, 0) as without_cycle_days
    from contents
    cross join {{ ref('int_as_of') }} as as_of
    cross join all_deals
    left join used
        on
            contents.source_system = used.source_system
            and contents.content_id = used.content_id
    left join deals_with
        on
            contents.source_system = deals_with.source_system
            and contents.content_id = deals_with.content_id
)

select
    source_system,
    content_id,
    content_name,
    kind,
    owner,
    published_on,
    is_listed,
    uses_count,
    reps_count,
    deals_count,
    all_deals_count,
    {{ rate_columns('deals_used_in', 'deals_count', 'all_deals_count') }},
    cast(with_won_count as bigint) as with_won_count,
    cast(with_closed_count as bigint) as with_closed_count,
    {{ rate_columns('with_win', 'with_won_count', 'with_closed_count') }},
    cast(without_won_count as bigint) as without_won_count,
    cast(without_closed_count as bigint) as without_closed_count,
    {{ rate_columns('without_win', 'without_won_count', 'without_closed_count') }},
    with_cycle_count,
    cast(with_cycle_days as bigint) as with_cycle_days,
    {{ divide('with_cycle_days', 'with_cycle_count') }} as with_cycle_mean_days,
    without_cycle_count,
    cast(without_cycle_days as bigint) as without_cycle_days,
    {{ divide('without_cycle_days', 'without_cycle_count') }} as without_cycle_mean_days,
    views_known_count,
    customer_views_count,
    {{ rate_columns('viewed', 'customer_views_count', 'views_known_count') }},
    view_seconds,
    ratings_count,
    {{ divide('ratings_sum', 'ratings_count') }} as rating_mean,
    last_used_on,
    days_since_last_use,
    is_unused
from counted
