-- One row per KPI, scope and period that has a target: what was reached, against the target, the period before and the year before.
-- A quarter or year is computed from the sums of its months' numerators and denominators, never from their quotients.
with

targets as (
    select * from {{ ref('fct_target') }}
),

monthly as (
    select * from {{ ref('kpi_value') }}
    where period_kind = 'month' and part = 'all'
),

measures as (
    select
        kpi_id,
        max(over_months) as over_months,
        bool_or(denominator is not null) as is_quotient,
        bool_or(part = 'all') as is_whole
    from {{ ref('kpi_value') }}
    where period_kind = 'month'
    group by kpi_id
),

known_scopes as (
    select distinct
        kpi_id,
        scope_kind,
        scope_id
    from {{ ref('kpi_value') }}
    where part = 'all'
),

spine as (
    select
        min(period_month) as first_month,
        max(period_month) as last_month
    from {{ ref('int_month') }}
),

shifts as (
    -- which months make the actual value and the two it is compared with, in months back
    select
        'actual' as reading,
        'month' as period_kind,
        0 as months_back
    union all
    select
        'actual' as reading,
        'quarter' as period_kind,
        0 as months_back
    union all
    select
        'actual' as reading,
        'year' as period_kind,
        0 as months_back
    union all
    select
        'previous' as reading,
        'month' as period_kind,
        1 as months_back
    union all
    select
        'previous' as reading,
        'quarter' as period_kind,
        3 as months_back
    union all
    select
        'previous' as reading,
        'year' as period_kind,
        12 as months_back
    union all
    select
        'year before' as reading,
        'month' as period_kind,
        12 as months_back
    union all
    select
        'year before' as reading,
        'quarter' as period_kind,
        12 as months_back
    union all
    select
        'year before' as reading,
        'year' as period_kind,
        12 as months_back
),

wanted as (
    select
        targets.kpi_id,
        targets.scope_kind,
        targets.scope_id,
        targets.period_kind,
        targets.period_start_on,
        measures.over_months,
        measures.is_quotient,
        known_scopes.kpi_id is not null as is_scope_known,
        shifts.reading,
        cast({{ dbt.dateadd('month', '-shifts.months_back', 'targets.period_start_on') }} as date) as first_month,
        cast(
            {{ dbt.dateadd('month', "-shifts.months_back + case targets.period_kind when 'quarter' then 2 when 'year' then 11 else 0 end", 'targets.period_start_on') }} as date
        ) as last_month
    from targets
    inner join shifts on targets.period_kind = shifts.period_kind
    left join measures on targets.kpi_id = measures.kpi_id
    left join known_scopes
        on
            targets.kpi_id = known_scopes.kpi_id
            and targets.scope_kind = known_scopes.scope_kind
            and targets.scope_id = known_scopes.scope_id
),

added_up as (
    select
        wanted.kpi_id,
        wanted.scope_kind,
        wanted.scope_id,
        wanted.period_kind,
        wanted.period_start_on,
        wanted.reading,
        wanted.over_months,
        wanted.is_quotient,
        wanted.is_scope_known,
        -- a scope without a row in these months had none of what is counted, as far as there are data at all
        wanted.first_month <= spine.last_month and wanted.last_month >= spine.first_month as is_covered,
        sum(monthly.numerator) as numerator,
        sum(monthly.denominator) as denominator,
        sum(monthly.n) as n,
        max(monthly.value) filter (where monthly.period_month = least(wanted.last_month, spine.last_month)) as last_value,
        max(monthly.n) filter (where monthly.period_month = least(wanted.last_month, spine.last_month)) as last_n,
        coalesce(bool_and(monthly.is_mature), true) as is_mature
    from wanted
    cross join spine
    left join monthly
        on
            wanted.kpi_id = monthly.kpi_id
            and wanted.scope_kind = monthly.scope_kind
            and wanted.scope_id = monthly.scope_id
            and monthly.period_month between wanted.first_month and wanted.last_month
    group by all
),

readings as (
    select
        kpi_id,
        scope_kind,
        scope_id,
        period_kind,
        period_start_on,
        reading,
        case
            when period_kind = 'month' and (over_months <> 'sum' or is_quotient) then last_value
            when over_months = 'last' then last_value
            when over_months = 'none' then null
            when is_quotient then {{ divide('numerator', 'denominator') }}
            when is_scope_known and is_covered then coalesce(cast(numerator as double), 0)
        end as value,
        case when over_months = 'last' then last_n else n end as n,
        is_mature
    from added_up
),

side_by_side as (
    select
        kpi_id,
        scope_kind,
        scope_id,
        period_kind,
        period_start_on,
        max(value) filter (where reading = 'actual') as actual,
        cast(coalesce(max(n) filter (where reading = 'actual'), 0) as bigint) as n,
        bool_and(is_mature) filter (where reading = 'actual') as is_mature,
        max(value) filter (where reading = 'previous') as baseline_previous,
        max(value) filter (where reading = 'year before') as baseline_year_before
    from readings
    group by kpi_id, scope_kind, scope_id, period_kind, period_start_on
),

judged as (
    select
        targets.*,
        side_by_side.actual,
        side_by_side.n,
        side_by_side.baseline_previous,
        side_by_side.baseline_year_before,
        -- a period that is not over has not failed its target yet
        side_by_side.is_mature and targets.period_end_on <= as_of.as_of_on as is_mature,
        case
            when measures.kpi_id is null then 'nothing is told of a KPI of this name: management.kpi_value has those that are'
            when not measures.is_whole then 'the KPI is told by part only (management.kpi_value), and a target names no part'
            when targets.direction is null or targets.direction not in ('higher', 'lower') then 'neither more nor less of the KPI is better: reference/kpi.csv may give it a direction'
            when targets.period_start_on <> cast(date_trunc(targets.period_kind, targets.period_start_on) as date)
                then 'not the first day of a ' || targets.period_kind || ', which is ' || cast(cast(date_trunc(targets.period_kind, targets.period_start_on) as date) as varchar)
            when targets.period_kind <> 'month' and measures.over_months = 'none' then 'the KPI can be told by month only: write a target for each month'
            when known_scopes.kpi_id is null then 'the KPI has no such scope: management.kpi_value has those that it has'
            when targets.target_value is null then 'no exchange rate for the first day of the period: reference/fx_rate.csv'
        end as problem
    from targets
    cross join {{ ref('int_as_of') }} as as_of
    left join side_by_side
        on
            targets.kpi_id = side_by_side.kpi_id
            and targets.scope_kind = side_by_side.scope_kind
            and targets.scope_id = side_by_side.scope_id
            and targets.period_kind = side_by_side.period_kind
            and targets.period_start_on = side_by_side.period_start_on
    left join measures on targets.kpi_id = measures.kpi_id
    left join known_scopes
        on
            targets.kpi_id = known_scopes.kpi_id
            and targets.scope_kind = known_scopes.scope_kind
            and targets.scope_id = known_scopes.scope_id
),

told as (
    -- a row that cannot be measured tells nothing but why
    select
        *,
        case when problem is null then actual end as told_actual
    from judged
)

select
    kpi_id,
    scope_kind,
    scope_id,
    period_kind,
    period_start_on,
    told_actual as actual,
    n,
    target_value as target,
    case
        when direction = 'higher' then {{ divide('told_actual', 'target_value') }}
        when direction = 'lower' then {{ divide('target_value', 'told_actual') }}
    end as attainment_ratio,
    case when problem is null then baseline_previous end as baseline_previous,
    case when problem is null then baseline_year_before end as baseline_year_before,
    direction,
    warning_value,
    critical_value,
    minimum_n,
    is_mature,
    case
        when told_actual is null or not is_mature or n < minimum_n then 'too little data'
        when (direction = 'higher' and told_actual < critical_value) or (direction = 'lower' and told_actual > critical_value) then 'critical'
        when (direction = 'higher' and told_actual < warning_value) or (direction = 'lower' and told_actual > warning_value) then 'warning'
        else 'ok'
    end as status,
    problem,
    _export_file,
    _export_record
from told
