"""The exports of a simulated company as they would have been written at the end of an earlier day.

Records born later are left out, and what has a history is set back to it. What the exports keep no history of (a deletion, a corrected
amount of an order, the status of a lead, who left) stays as it is, for both sides of a comparison.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import duckdb

READ = "header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"', strict_mode = true"
AT = "try_cast({} as timestamp) < end_at"
ON = "try_cast({} as date) <= as_of_on"

# When a record was born, by seed: other seeds are taken whole.
BORN = {
    "salesforce__account": AT.format('"CreatedDate"'),
    "salesforce__contact": AT.format('"CreatedDate"'),
    "salesforce__lead": AT.format('"CreatedDate"'),
    "salesforce__campaign_member": ON.format('"FirstRespondedDate"') + " or \"HasResponded\" = 'false'",
    "salesforce__opportunity": AT.format('"CreatedDate"'),
    "salesforce__opportunity_history": AT.format('"CreatedDate"'),
    "salesforce__opportunity_line_item": AT.format('"CreatedDate"'),
    "salesforce__task": AT.format('"CompletedDateTime"') + ' or "CompletedDateTime" is null',
    "salesforce__order": ON.format('"EffectiveDate"'),
    "google_ads__ad_performance_daily": ON.format('"segments.date"'),
    "meta_ads__ad_performance_daily": ON.format('"date_start"'),
    "generic__customer_cost": ON.format('"incurred_on"'),
    "salesforce__case": AT.format('"CreatedDate"'),
    "salesforce__opportunity_field_history": AT.format('"CreatedDate"'),
    "ga4__event": "make_timestamp(cast(event_timestamp as bigint)) < end_at",
    "generic__request": AT.format("requested_at"),
    "generic__quote": f"coalesce({AT.format('coalesce(requested_at, sent_at)')}, true)",
    "generic__survey": AT.format("coalesce(sent_at, answered_at)"),
    "generic__content_use": AT.format("used_at"),
    "generic__customer_event": AT.format("occurred_at"),
    "generic__subscription": ON.format("started_on"),
    "generic__deal_registration": AT.format("registered_at"),
    "generic__email_campaign": ON.format("date_on"),
    "generic__ad_reach_weekly": ON.format("week_on"),
}  # fmt: skip
# What was not known yet when its time lies later: by seed, the column with the time -> the columns that come with it.
LATER = {
    "salesforce__case": {"First_Response__c": [], "ClosedDate": ["IsClosed"]},
    "generic__request": {"first_human_response_at": ["responder_id"], "resolved_at": [], "reopened_at": []},
    "generic__quote": {"sent_at": []},
    "generic__survey": {"answered_at": ["score", "scale_maximum", "is_resolved", "reason"]},
    "generic__deal_registration": {"approved_at": ["status"]},
}

LEAD = """
    * exclude (is_later) replace (
        case when is_later then 'false' else "IsConverted" end as "IsConverted",
        case when not is_later then "ConvertedDate" end as "ConvertedDate",
        case when not is_later then "ConvertedAccountId" end as "ConvertedAccountId",
        case when not is_later then "ConvertedContactId" end as "ConvertedContactId",
        case when not is_later then "ConvertedOpportunityId" end as "ConvertedOpportunityId"
    )
    from (select *, not coalesce(try_cast("ConvertedDate" as date) <= as_of_on, true) as is_later from records)"""
OPPORTUNITY = """
    records.* replace (
        coalesce(known.stage, records."StageName") as "StageName",
        coalesce(known.amount, records."Amount") as "Amount",
        coalesce(known.close_day, records."CloseDate") as "CloseDate",
        coalesce(later.owner, records."OwnerId") as "OwnerId",
        case when known.stage is null then records."IsClosed" else cast(known.stage like 'Closed%' as varchar) end as "IsClosed",
        case when known.stage is null then records."IsWon" else cast(known.stage = 'Closed Won' as varchar) end as "IsWon"
    )
    from records left join (
        select "OpportunityId" as id, max_by("StageName", "CreatedDate") as stage, max_by("Amount", "CreatedDate") as amount,
            max_by("CloseDate", "CreatedDate") as close_day
        from history where try_cast("CreatedDate" as timestamp) < end_at group by 1
    ) as known on records."Id" = known.id left join (
        select "OpportunityId" as id, min_by("OldValue", "CreatedDate") as owner
        from owners where "OldValue" like '005%' and try_cast("CreatedDate" as timestamp) >= end_at group by 1
    ) as later on records."Id" = later.id"""
SET_BACK = {"salesforce__lead": LEAD, "salesforce__opportunity": OPPORTUNITY}


def without_later(columns: Mapping[str, Sequence[str]]) -> str:
    """The records, with the columns empty whose time lies after the day."""
    emptied = ", ".join(
        f'case when not coalesce({AT.format(f"{chr(34)}{time}{chr(34)}")}, true) then null else "{column}" end as "{column}"'
        for time, others in columns.items()
        for column in [time, *others]
    )
    return f"* replace ({emptied}) from records"


def exports_as_of(files: Mapping[str, Sequence[Path]], as_of: date, folder: Path) -> dict[str, list[Path]]:
    """The files of each seed (one file a seed, as the simulator writes them) at the end of `as_of`, Europe/Istanbul."""
    folder.mkdir(parents=True, exist_ok=True)
    result = {seed: list(paths) for seed, paths in files.items()}
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"set variable day = date '{as_of}'")
        for table, seed in (("history", "opportunity_history"), ("owners", "opportunity_field_history")):
            (path,) = files[f"salesforce__{seed}"]
            connection.execute(f"create table {table} as select * from read_csv('{path}', {READ})")
        for seed, born in BORN.items():
            if seed not in files:
                continue
            (path,) = files[seed]
            connection.execute(
                f"create or replace table records as select * from read_csv('{path}', {READ}) where {_at(born)}"
            )
            set_back = SET_BACK.get(seed) or (
                without_later(LATER[seed]) if seed in LATER else "* from records"
            )
            query = f"select {_at(set_back)}"
            result[seed] = [folder / path.name]
            connection.execute(
                f"copy ({query}) to '{folder / path.name}' (header, delimiter ',', quote '\"')"
            )
    return result


def newest_versions(files: Mapping[str, Sequence[Path]], folder: Path) -> dict[str, list[Path]]:
    """The same files with one version of each deal: an older one beside it is a history that only one side would have."""
    folder.mkdir(parents=True, exist_ok=True)
    (path,) = files["salesforce__opportunity"]
    newest = 'qualify row_number() over (partition by "Id" order by "LastModifiedDate" desc) = 1'
    query = f"select * from read_csv('{path}', {READ}) {newest}"
    duckdb.sql(f"copy ({query}) to '{folder / path.name}' (header, delimiter ',', quote '\"')")
    return {**files, "salesforce__opportunity": [folder / path.name]}


def _at(text: str) -> str:
    """The SQL with the day and the instant at which it ends; Türkiye is three hours ahead all year."""
    end_at = "(cast(getvariable('day') + 1 as timestamp) - interval 3 hour)"
    return text.replace("end_at", end_at).replace("as_of_on", "getvariable('day')")
