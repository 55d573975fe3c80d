{#- What a record of a call says about it. -#}

{% macro is_connected_by(outcome, seconds) -%}
    {#-
        Whether a call reached somebody, for exports that have no such column: by the usual words for an outcome, else by whether it
        lasted. Null where neither tells: an unknown word without a duration is no answer.
    -#}
    case
        when {{ origin_key(outcome) }} in ('connected', 'answered', 'completed', 'correspondence', 'reached', 'spoke') then true
        when {{ origin_key(outcome) }} in ('no answer', 'not answered', 'unanswered', 'not reached', 'left voicemail', 'voicemail', 'busy', 'failed', 'missed', 'wrong number', 'canceled', 'cancelled') then false
        when {{ seconds }} is not null then {{ seconds }} > 0
    end
{%- endmacro %}
