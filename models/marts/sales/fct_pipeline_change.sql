-- One row per change of a deal in the pipeline: how it stood before and after, and what that adds to the waterfall of the month.
-- Each change is split in a fixed order: hand-over, expected close, amount, closing. The parts add up to the change of what is open
-- and expected to close in the month, so that the waterfall always does.
with

changes as (
    select * from {{ ref('int_pipeline_change') }}
),

deals as (
    select
        pipeline_deal.source_system,
        pipeline_deal.opportunity_id,
        -- a deleted deal has no row among the deals: what its own record says has to do
        coalesce(deal.segment, account.segment) as segment,
        coalesce(deal.source, pipeline_deal.source) as source,
        coalesce(deal.product_family, pipeline_deal.product_family) as product_family,
        coalesce(deal.sourcing_partner_id, pipeline_deal.sourcing_partner_id) as sourcing_partner_id,
        {{ local_date('pipeline_deal.created_at') }} as created_on,
        pipeline_deal.currency,
        -- one rate for life, as everywhere
        coalesce(deal.rate_on, {{ local_date('pipeline_deal.created_at') }}, {{ local_date('pipeline_deal.closed_at') }}, as_of.as_of_on) as rate_on
    from {{ ref('int_pipeline_deal') }} as pipeline_deal
    cross join {{ ref('int_as_of') }} as as_of
    left join {{ ref('fct_opportunity') }} as deal
        on
            pipeline_deal.source_system = deal.source_system
            and pipeline_deal.opportunity_id = deal.opportunity_id
    left join {{ ref('dim_account') }} as account
        on
            pipeline_deal.source_system = account.source_system
            and pipeline_deal.account_id = account.account_id
),

owners as (
    -- the owner's team and region on the day of taking over, else today's; one row whatever the periods overlap
    select
        source_system,
        owner_id,
        owner_since_on,
        team,
        region
    from (
        select
            takings.source_system,
            takings.owner_id,
            takings.owner_since_on,
            rep.team,
            rep.region,
            row_number() over (
                partition by takings.source_system, takings.owner_id, takings.owner_since_on
                order by
                    {{ whole_number("takings.owner_since_on between coalesce(rep.valid_from, date '0001-01-01') and coalesce(rep.valid_to, date '9999-12-31')") }} desc,
                    {{ whole_number('rep.is_current') }} desc,
                    rep.valid_from desc nulls last
            ) as choice
        from (
            select distinct
                source_system,
                owner_id,
                owner_since_on
            from changes
        ) as takings
        inner join {{ ref('dim_rep') }} as rep
            on
                takings.source_system = rep.source_system
                and takings.owner_id = rep.rep_id
    ) as periods
    where choice = 1
),

valued as (
    select
        changes.*,
        owners.team,
        owners.region,
        deals.segment,
        deals.source,
        deals.product_family,
        deals.sourcing_partner_id,
        deals.created_on,
        deals.currency,
        deals.rate_on,
        {{ month_of('changes.changed_on') }} as period_month,
        {{ in_reporting_currency('changes.amount', 'deals.currency', 'fx.rate') }} as amount_base
    from changes
    inner join deals
        on
            changes.source_system = deals.source_system
            and changes.opportunity_id = deals.opportunity_id
    left join owners
        on
            changes.source_system = owners.source_system
            and changes.owner_id = owners.owner_id
            and changes.owner_since_on = owners.owner_since_on
    left join {{ ref('int_fx_rate_daily') }} as fx
        on
            deals.currency = fx.currency
            and deals.rate_on = fx.valid_on
),

compared as (
    select
        *,
        lag(status) over in_time as status_before,
        lag(stage) over in_time as stage_before,
        lag(is_known) over in_time as is_known_before,
        lag(amount_base) over in_time as amount_base_before,
        lag(expected_close_on) over in_time as expected_close_before_on,
        lag(owner_id) over in_time as owner_before_id,
        lag(team) over in_time as team_before,
        lag(region) over in_time as region_before
    from valued
    window in_time as (partition by source_system, opportunity_id order by change_number)
),

placed as (
    select
        *,
        coalesce(status_before = 'open', false) as was_open,
        status = 'open' as is_open,
        coalesce(amount_base_before, 0) as worth_before,
        coalesce(amount_base, 0) as worth,
        -- in the pipeline of the month: open, known, and expected to close in it
        coalesce(status_before = 'open' and is_known_before and {{ month_of('expected_close_before_on') }} = period_month, false) as was_in,
        -- a win takes place in the month, whenever it was expected
        coalesce(is_known and ((status = 'open' and {{ month_of('expected_close_on') }} = period_month) or (status = 'won' and status_before = 'open' and is_known_before)), false) as comes_in,
        -- a state that is known from the day of the opening on was there from the beginning
        coalesce(status = 'open' and is_known and (status_before is distinct from 'open' or not is_known_before), false) as appears,
        coalesce(status_before = 'open' and is_known_before and owner_id is distinct from owner_before_id, false) as changes_hands
    from compared
    where status = 'open' or status_before = 'open'
),

split as (
    select
        *,
        appears and comes_in and changed_on = opened_on and open_number = 1 as is_created,
        appears and comes_in and changed_on = opened_on and open_number > 1 as is_reopened,
        appears and comes_in and changed_on > opened_on as is_first_seen,
        comes_in and not was_in and not appears as is_pulled_in,
        comes_in and not appears and worth > worth_before as is_increased,
        comes_in and not appears and worth < worth_before as is_decreased,
        changes_hands and was_in as is_transferred,
        is_open and was_in and not comes_in as is_pushed_out,
        status = 'deleted' and was_in as is_deleted,
        status = 'lost' and was_in as is_lost,
        status = 'won' and comes_in as is_won
    from placed
)

select
    source_system,
    opportunity_id,
    change_number,
    changed_at,
    changed_on,
    period_month,
    created_on,
    status,
    status_before,
    is_known,
    stage,
    stage_before,
    amount,
    currency,
    rate_on,
    amount_base,
    amount_base_before,
    expected_close_on,
    expected_close_before_on,
    owner_id,
    owner_before_id,
    team,
    team_before,
    region,
    region_before,
    segment,
    source,
    product_family,
    sourcing_partner_id,
    {{ whole_number('is_created') }} as created_count,
    {{ whole_number('is_reopened') }} as reopened_count,
    {{ whole_number('is_first_seen') }} as first_seen_count,
    {{ whole_number('is_pulled_in') }} as pulled_in_count,
    {{ whole_number('is_increased') }} as increased_count,
    {{ whole_number('is_transferred') }} as transferred_count,
    {{ whole_number('is_decreased') }} as decreased_count,
    {{ whole_number('is_pushed_out') }} as pushed_out_count,
    {{ whole_number('is_deleted') }} as deleted_count,
    {{ whole_number('is_lost') }} as lost_count,
    {{ whole_number('is_won') }} as won_count,
    cast(case when is_created then worth else 0 end as {{ money_type() }}) as created_amount_base,
    cast(case when is_reopened then worth else 0 end as {{ money_type() }}) as reopened_amount_base,
    cast(case when is_first_seen then worth else 0 end as {{ money_type() }}) as first_seen_amount_base,
    cast(case when is_pulled_in then worth_before else 0 end as {{ money_type() }}) as pulled_in_amount_base,
    cast(case when is_increased then worth - worth_before else 0 end as {{ money_type() }}) as increased_amount_base,
    cast(case when is_transferred then worth_before else 0 end as {{ money_type() }}) as transferred_amount_base,
    cast(case when is_decreased then worth_before - worth else 0 end as {{ money_type() }}) as decreased_amount_base,
    cast(case when is_pushed_out then worth_before else 0 end as {{ money_type() }}) as pushed_out_amount_base,
    cast(case when is_deleted then worth_before else 0 end as {{ money_type() }}) as deleted_amount_base,
    cast(case when is_lost then worth_before else 0 end as {{ money_type() }}) as lost_amount_base,
    cast(case when is_won then worth else 0 end as {{ money_type() }}) as won_amount_base,
    _export_file,
    _export_record
from split
