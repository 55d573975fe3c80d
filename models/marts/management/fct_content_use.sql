-- One row per use of a sales content up to as_of, with whether it can have had a part in the deal's outcome.
select
    content_use.source_system,
    content_use.use_id,
    content_use.content_id,
    content_use.crm_source_system,
    content_use.opportunity_id,
    content_use.rep_id,
    coalesce(content_use.account_id, deal.account_id) as account_id,
    content_use.used_at,
    {{ local_date('content_use.used_at') }} as used_on,
    content_use.viewed_by_customer,
    content_use.view_seconds,
    content_use.rating,
    -- what a customer got after the close had no part in it, and would make every content look like a winner
    coalesce(
        deal.outcome = 'open' or {{ local_date('content_use.used_at') }} <= deal.closed_on,
        false
    ) as counts_for_deal,
    content_use._export_file,
    content_use._export_record
from {{ ref('int_content_use') }} as content_use
left join {{ ref('fct_opportunity') }} as deal
    on
        content_use.crm_source_system = deal.source_system
        and content_use.opportunity_id = deal.opportunity_id
