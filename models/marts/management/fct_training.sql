-- One row per training or coaching and rep who took part, held by as_of.
with

trainings as (
    select
        *,
        {{ local_date('held_at') }} as held_on
    from {{ ref('int_training') }}
),

teams as (
    -- the rep's team and region on the day, else today's; one row a training and rep whatever the periods overlap
    select
        source_system,
        training_id,
        rep_id,
        team,
        region
    from (
        select
            trainings.source_system,
            trainings.training_id,
            trainings.rep_id,
            rep.team,
            rep.region,
            row_number() over (
                partition by trainings.source_system, trainings.training_id, trainings.rep_id
                order by
                    {{ whole_number("trainings.held_on between coalesce(rep.valid_from, date '0001-01-01') and coalesce(rep.valid_to, date '9999-12-31')") }} desc,
                    {{ whole_number('rep.is_current') }} desc,
                    rep.valid_from desc nulls last
            ) as choice
        from trainings
        inner join {{ ref('dim_rep') }} as rep
            on
                trainings.crm_source_system = rep.source_system
                and trainings.rep_id = rep.rep_id
    ) as periods
    where choice = 1
)

select
    trainings.source_system,
    trainings.training_id,
    trainings.crm_source_system,
    trainings.rep_id,
    teams.team,
    teams.region,
    trainings.kind,
    trainings.topic,
    trainings.held_at,
    trainings.held_on,
    trainings.duration_minutes,
    trainings._export_file,
    trainings._export_record
from trainings
left join teams
    on
        trainings.source_system = teams.source_system
        and trainings.training_id = teams.training_id
        and trainings.rep_id = teams.rep_id
