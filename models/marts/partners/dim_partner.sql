-- One row per channel partner.
select
    source_system,
    partner_id,
    partner_name,
    tier,
    region,
    commission_rate
from {{ ref('int_partner') }}
