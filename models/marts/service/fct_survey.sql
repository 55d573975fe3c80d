-- One row per answer to a survey: satisfaction, would you recommend us, was it solved.
with

answers as (
    select
        *,
        {{ local_date('answered_at') }} as answered_on,
        score / scale_maximum as score_share
    from {{ ref('int_survey') }}
    where is_answered
),

placed as (
    {{ with_team('answers', 'crm_source_system', 'rep_id', 'answered_on') }}
)

select
    source_system,
    survey_id,
    survey_kind,
    crm_source_system,
    respondent_id,
    request_source_system,
    request_id,
    customer_id,
    rep_id,
    team,
    region,
    sent_at,
    answered_at,
    answered_on,
    score,
    scale_maximum,
    score_share,
    -- scores of several scales on one, that of the variable; exact, so that sums do not depend on the order
    case when survey_kind = 'satisfaction' then cast(score_share * {{ var('satisfaction_scale_maximum') }} as decimal(18, 6)) end as scaled_score,
    -- a hair of tolerance: 4 of 5 is 0.8, and a double may not know it
    case when survey_kind = 'satisfaction' and score is not null then score_share >= {{ var('satisfied_share') }} - 1e-9 end as is_satisfied,
    case when survey_kind = 'satisfaction' and score is not null then score_share <= {{ var('low_score_share') }} + 1e-9 end as is_low_score,
    -- the net promoter score is defined on a scale of 0 to 10 only
    case when survey_kind = 'nps' and scale_maximum = 10 and score is not null then score >= 9 end as is_promoter,
    case when survey_kind = 'nps' and scale_maximum = 10 and score is not null then score < 7 end as is_detractor,
    is_resolved,
    reason,
    _export_file,
    _export_record
from placed
