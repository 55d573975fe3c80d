"""One row per channel: the share of conversions that would be lost without it (Markov chain of the journeys)."""


def model(dbt, session):
    """Removal effects from the transition counts; the mathematics is in mathematics.markov."""
    from mathematics.markov import removal_effects

    dbt.config(materialized="table", packages=["numpy"])
    rows = dbt.ref("int_journey_transition").fetchall()
    effects = removal_effects({(origin, target): count for origin, target, count in rows})
    values = ", ".join(
        f"('{channel.replace(chr(39), chr(39) * 2)}', {effect!r}::double)"
        for channel, effect in effects.items()
    )
    selected = (
        f"select * from (values {values}) as effects (channel, removal_effect)"
        if effects
        else ("select null::varchar as channel, null::double as removal_effect where false")
    )
    return session.sql(selected)
