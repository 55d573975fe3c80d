-- One row per KPI, scope and period: the value to reach, the values beyond which it warns, and how much data a judgement needs.
with

targets as (
    select * from {{ ref('stg_reference__target') }}
    where _row_status = 'staged'
),

described as (
    select
        target.kpi_id,
        target.scope_kind,
        target.scope_id,
        target.period_kind,
        target.period_start_on,
        cast(
            case target.period_kind
                when 'month' then {{ dbt.dateadd('month', 1, 'target.period_start_on') }}
                when 'quarter' then {{ dbt.dateadd('month', 3, 'target.period_start_on') }}
                else {{ dbt.dateadd('month', 12, 'target.period_start_on') }}
            end as date
        ) as next_period_start_on,
        target.target,
        target.warning,
        target.critical,
        target.minimum_n,
        dictionary.unit,
        dictionary.direction,
        case
            when dictionary.unit like 'money%' or (dictionary.kpi_id is null and target.currency is not null)
                then {{ currency_or_default('target.currency') }}
        end as currency,
        -- a period that has not begun has no rate of its own day yet: the last one known stands for it
        least(target.period_start_on, as_of.as_of_on) as rate_on,
        target._export_file,
        target._export_record
    from targets as target
    cross join {{ ref('int_as_of') }} as as_of
    left join {{ ref('kpi_dictionary') }} as dictionary on target.kpi_id = dictionary.kpi_id
),

converted as (
    select
        described.*,
        cast(case when described.currency is not null then described.target end as {{ money_type() }}) as target_amount,
        case when described.currency is not null then {{ in_reporting_currency('cast(described.target as ' ~ money_type() ~ ')', 'described.currency', 'rates.rate') }} end as target_base,
        case when described.currency is not null then {{ in_reporting_currency('cast(described.warning as ' ~ money_type() ~ ')', 'described.currency', 'rates.rate') }} end as warning_base,
        case when described.currency is not null then {{ in_reporting_currency('cast(described.critical as ' ~ money_type() ~ ')', 'described.currency', 'rates.rate') }} end as critical_base
    from described
    left join {{ ref('int_fx_rate_daily') }} as rates
        on
            described.currency = rates.currency
            and described.rate_on = rates.valid_on
),

compared as (
    select
        *,
        cast(case when currency is not null then target_base else target end as double) as target_value,
        cast(case when currency is not null then warning_base else warning end as double) as set_warning,
        cast(case when currency is not null then critical_base else critical end as double) as set_critical,
        case direction
            when 'higher' then -1
            when 'lower' then 1
        end as worse
    from converted
)

select
    kpi_id,
    scope_kind,
    scope_id,
    period_kind,
    period_start_on,
    cast({{ dbt.dateadd('day', -1, 'next_period_start_on') }} as date) as period_end_on,
    target,
    warning,
    critical,
    minimum_n,
    currency,
    rate_on,
    target_amount,
    target_base,
    target_value,
    -- a share of the target's size, so that a target below zero warns on its worse side, too
    coalesce(set_warning, target_value + worse * (1 - {{ var('target_warning_share') }}) * abs(target_value)) as warning_value,
    coalesce(set_critical, target_value + worse * (1 - {{ var('target_critical_share') }}) * abs(target_value)) as critical_value,
    direction,
    _export_file,
    _export_record
from compared
