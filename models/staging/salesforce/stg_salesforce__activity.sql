-- One row per record of the export: a Salesforce task: a call, an e-mail or a meeting. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('salesforce__task') }}
),

renamed as (
    select
        -- ids
        'salesforce' as source_system,
        "Id" as activity_id,
        "OwnerId" as rep_id,
        case when starts_with("WhoId", '00Q') then "WhoId" end as lead_id,
        case when starts_with("WhoId", '003') then "WhoId" end as contact_id,
        "AccountId" as account_id,
        case when starts_with("WhatId", '006') then "WhatId" end as opportunity_id,
        case when starts_with("WhatId", '500') then "WhatId" end as request_id,

        -- strings
        case when lower("TaskSubtype") = 'call' then 'call' when lower("TaskSubtype") in ('email', 'listemail') then 'email' when lower("Subject") like '%meeting%' then 'meeting' else 'other' end as kind,
        case when lower("CallType") = 'inbound' then 'inbound' when lower("CallType") in ('outbound', 'internal') or "CallType" is null then 'outbound' end as direction,
        "CallDisposition" as outcome,

        -- numerics
        "CallDurationInSeconds" as duration_seconds,

        -- booleans
        coalesce("Is_Automated__c", false) as is_automatic,
        case when lower("TaskSubtype") = 'call' then {{ is_connected_by('"CallDisposition"', '"CallDurationInSeconds"') }} end as is_connected,
        "Is_Value_Added__c" as is_value_added,
        "Agreed_Followup__c" as agreed_followup,
        "CompletedDateTime" is not null
        or coalesce(lower("Status"), '') not in ('not started', 'in progress', 'waiting on someone else', 'deferred', 'open') as is_done,

        -- times
        coalesce(
            "CompletedDateTime",
            -- a task that knows its day only, and was written down on it, happened when it was written down
            case when {{ local_date('"CreatedDate"') }} = "ActivityDate" then "CreatedDate" end,
            {{ local_midnight('"ActivityDate"') }},
            "CreatedDate"
        ) as occurred_at,
        "LastModifiedDate" as updated_at,

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
