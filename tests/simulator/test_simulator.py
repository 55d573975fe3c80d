"""What the simulator promises: the same bytes, the required phenomena, and consistent exports."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import duckdb
import pytest

from simulator import SimulationError, SimulationSettings, simulate, write_exports
from simulator.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
MAXIMUM_SEED_BYTES = 6_000_000


def contents(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.glob("*/*.csv")}


def count(database: duckdb.DuckDBPyConnection, query: str) -> int:
    return database.execute(query).fetchone()[0]


# The same arguments, the same bytes


def test_the_committed_seeds_are_what_the_defaults_write(exports: Path) -> None:
    written = contents(exports)
    committed = {name: (ROOT / "seeds" / name).read_bytes() for name in written}
    assert [name for name in written if written[name] != committed[name]] == []


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    settings = SimulationSettings(seed=3, scale=0.3, start=date(2021, 6, 1), months=9)
    for name in ("one", "other"):
        write_exports(simulate(settings), tmp_path / name)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_another_seed_gives_another_company(tmp_path: Path) -> None:
    for seed in (1, 2):
        write_exports(simulate(SimulationSettings(seed=seed, scale=0.1, months=6)), tmp_path / str(seed))
    one, other = contents(tmp_path / "1"), contents(tmp_path / "2")
    assert one["salesforce/salesforce__lead.csv"] != other["salesforce/salesforce__lead.csv"]


def test_the_seeds_stay_small(exports: Path) -> None:
    assert sum(map(len, contents(exports).values())) < MAXIMUM_SEED_BYTES


# Phenomena that the sample company must show: a query that must find something

PHENOMENA = {
    "a rep with only wins": """
        select count(*) from (select OwnerId from live_opportunity group by all
        having count(*) between 2 and 3 and bool_and(IsWon = 'true'))""",
    "a rep with few deals": """
        select count(*) from (select OwnerId from live_opportunity group by all
        having count(*) between 1 and 6 and not bool_and(IsWon = 'true'))""",
    "a rep who left": 'select count(*) from "user" where IsActive = \'false\'',
    "managers and a vice president": """
        select count(*) from "user" as rep join "user" as manager on rep.ManagerId = manager.Id
        join "user" as chief on manager.ManagerId = chief.Id where chief.ManagerId is null""",
    "a deal with a sourcing and two influencing partners": """
        select count(*) from (select OpportunityId from live_partner group by all
        having count(*) filter (where Role = 'Referral Partner') = 1 and count(*) = 3)""",
    "a lead that a partner brought": "select count(*) from live_lead where Partner__c is not null",
    "a skipped stage": """
        select count(*) from (select StageName, lead(StageName) over (partition by OpportunityId
        order by CreatedDate) as following from live_opportunity_history)
        where StageName = 'Qualification' and following = 'Proposal'""",
    "a deal that was lost, reopened and closed again": """
        select count(*) from live_opportunity where IsClosed = 'true' and Id in (
        select OpportunityId from (select *, lead(StageName) over (partition by OpportunityId
        order by CreatedDate) as following from live_opportunity_history)
        where StageName = 'Closed Lost' and following not like 'Closed%')""",
    "a won deal that was reopened": """
        select count(*) from (select *, lead(StageName) over (partition by OpportunityId
        order by CreatedDate) as following from live_opportunity_history)
        where StageName = 'Closed Won' and following not like 'Closed%'""",
    "an open deal expected in the future": """
        select count(*) from live_opportunity where IsClosed = 'false' and CloseDate > '2024-12-31'""",
    "an open deal whose close date has passed": """
        select count(*) from live_opportunity where IsClosed = 'false' and CloseDate < '2024-12-31'""",
    "a loss to a competitor": """
        select count(*) from live_opportunity where StageName = 'Closed Lost'
        and Loss_Reason__c is not null and Competitor__c is not null and Amount::decimal(18, 2) > 0""",
    "a closing whose UTC day differs from its local day": """
        select count(*) from live_opportunity_history where StageName like 'Closed%'
        and CreatedDate like '%T22:30:00.000Z' and CloseDate > left(CreatedDate, 10)""",
    "an amount corrected after closing": """
        select count(*) from (select *, lead(StageName) over w as next_stage, lead(Amount) over w as next_amount
        from live_opportunity_history window w as (partition by OpportunityId order by CreatedDate))
        where StageName = 'Closed Won' and next_stage = 'Closed Won' and next_amount <> Amount""",
    "a deal without human activity": """
        select count(*) from live_opportunity where Id not in (select WhatId from live_task
        where WhatId is not null and Is_Automated__c = 'false' and Status = 'Completed')""",
    "an automatic e-mail before the first human activity": """
        select count(*) from (select WhatId from live_task where WhatId is not null group by all
        having min(CompletedDateTime) filter (where Is_Automated__c = 'true')
             < min(CompletedDateTime) filter (where Is_Automated__c = 'false'))""",
    "a meeting": "select count(*) from live_task where TaskSubtype = 'Task' and Subject like 'Meeting%'",
    "the same e-mail address in other letters": """
        select count(*) from (select lower(trim(Email)) from live_lead where Email is not null
        group by all having count(*) > 1 and count(distinct Email) > 1)""",
    "the same phone number in another form, without e-mail": """
        select count(*) from (select regexp_replace(Phone, '[^0-9]', '', 'g') from live_lead
        where Email is null and Phone <> 'abc' group by all
        having count(*) > 1 and count(distinct Phone) > 1)""",
    "an invalid phone number": "select count(*) from live_lead where Phone = 'abc'",
    "Turkish letters": "select count(*) from live_lead where Company like '%İ%' or Name like '%ğ%ı%'",
    "Chinese names": "select count(*) from live_account where Name like '%有限公司'",
    "a comma in a company name": "select count(*) from live_account where Name like '%, Inc.'",
    "quotes in a company name": "select count(*) from live_account where Name like '\"Anka\"%'",
    "a repeat order": "select count(*) from live_order where OpportunityId is null",
    "an order that differs from its deal's amount": """
        select count(*) from live_order as o join live_opportunity as d on o.OpportunityId = d.Id
        where TotalAmount <> Amount""",
    "a prospect with an acquisition cost": """
        select count(*) from generic_customer_cost where kind = 'acquisition'
        and customer_id not in (select AccountId from live_order)""",
    "service and retention costs": """
        select count(*) from generic_customer_cost as s join generic_customer_cost as r
        on s.customer_id = r.customer_id and s.kind = 'service' and r.kind = 'retention'""",
    "a Google campaign with spend and no conversion": """
        select count(*) from (select "campaign.id" from google group by all
        having sum("metrics.cost_micros"::bigint) > 0 and sum("metrics.conversions"::double) = 0)""",
    "a Meta campaign with spend and no action": """
        select count(*) from (select campaign_id from meta group by all
        having sum(spend::double) > 0 and count(actions) = 0)""",
    "a converting campaign with an ad that never converts": """
        select count(*) from (select "campaign.id", "ad_group_ad.ad.id",
        sum("metrics.conversions"::double) as ad, sum(ad) over (partition by "campaign.id") as campaign
        from google group by 1, 2) where ad = 0 and campaign > 0""",
    "a lead with a click id and no tags": """
        select count(*) from live_lead where GCLID__c is not null and UTM_Source__c is null""",
    "a response before the lead existed": """
        select count(*) from live_campaign_member as m join live_lead as l on m.LeadId = l.Id
        where FirstRespondedDate < left(l.CreatedDate, 10)""",
    "a member who did not respond": """
        select count(*) from live_campaign_member where HasResponded = 'false'
        and FirstRespondedDate is null""",
    "a case that nobody answered": """
        select count(*) from live_case as c where First_Response__c is null and not exists (
        select 1 from live_task as t where t.WhatId = c.Id and CallType is null and Is_Automated__c = 'false')""",
    "a case with an automatic reply before the answer": """
        select count(*) from (select WhatId from live_task where WhatId like '500%' group by all
        having min(CompletedDateTime) filter (where Is_Automated__c = 'true')
             < min(CompletedDateTime) filter (where Is_Automated__c = 'false'))""",
    "a case answered after exactly an hour": """
        select count(*) from live_case as c join live_task as t on t.WhatId = c.Id
        where t.CompletedDateTime::timestamp = c.CreatedDate::timestamp + interval 1 hour""",
    "a first response from before the case": "select count(*) from live_case where First_Response__c < CreatedDate",
    "an answer from before the case": """
        select count(*) from live_case as c join live_task as t on t.WhatId = c.Id
        where t.CompletedDateTime < c.CreatedDate""",
    "a customer's call about a case": "select count(*) from live_task where WhatId like '500%' and CallType = 'Inbound'",
    "a case in a queue": "select count(*) from live_case where OwnerId like '00G%'",
    "a reopened case": "select count(*) from live_case where Reopened_Count__c::int > 0",
    "a case of which nobody says whether it was reopened": "select count(*) from live_case where Reopened_Count__c is null",
    "a lead who asks twice": """
        select count(*) from (select lead_id from generic_request group by all having count(*) > 1)""",
    "a quote that was never sent": "select count(*) from generic_quote where sent_at is null",
    "a quote without a flag for its final revision": """
        select count(*) from (select quote_id from generic_quote group by all having count(is_final) = 0 and count(*) > 1)""",
    "a survey that nobody answered": """
        select count(*) from generic_survey where answered_at is null and score is null and is_resolved is null""",
    "a score without the time of the answer": "select count(*) from generic_survey where answered_at is null and score is not null",
    "a score outside of its scale": "select count(*) from generic_survey where survey_kind = 'satisfaction' and score::int > coalesce(scale_maximum::int, 5)",
    "deleted requests, quotes and surveys": """
        select least((select count(*) from generic_request where is_deleted = 'true'),
        (select count(*) from generic_quote where is_deleted = 'true'),
        (select count(*) from generic_survey where is_deleted = 'true'))""",
    "deleted costs": "select count(*) from generic_customer_cost where is_deleted = 'true'",
} | {
    f"deleted rows of {name}": f"select count(*) from \"{name}\" where IsDeleted = 'true'"
    for name in ("lead", "opportunity", "opportunity_history", "partner", "order", "task", "campaign_member", "case")
} | {
    f"older versions of {name}": f'select count(*) - count(distinct Id) from "{name}"'
    for name in ("lead", "account", "opportunity", "order", "task")
}  # fmt: skip


@pytest.mark.parametrize("phenomenon", PHENOMENA)
def test_the_sample_company_shows(database: duckdb.DuckDBPyConnection, phenomenon: str) -> None:
    assert count(database, PHENOMENA[phenomenon]) > 0


def test_all_currencies_occur(database: duckdb.DuckDBPyConnection) -> None:
    rows = database.execute("select distinct CurrencyIsoCode from live_opportunity").fetchall()
    assert {row[0] for row in rows} == {"EUR", "USD", "TRY", "CNY", "GBP"}


def test_most_sales_cycles_end_within_ninety_days(company) -> None:
    cycle = company.truth["opportunities"]["all"]["all"]["cycle_from_created_days"]
    assert 35 < float(cycle["mean"]) < 55
    assert float(cycle["p90"]) < 95


# Rules that the exports keep: a query that must find nothing

RULES = {
    "ids are unique without older versions": """
        select count(*) - count(distinct Id) from live_opportunity""",
    "ids are unique where case is ignored": """
        select count(distinct Id) - count(distinct lower(Id)) from lead""",
    "ids have eighteen characters": "select count(*) from task where length(Id) <> 18",
    "the last history row is the current state": """
        select count(*) from live_opportunity as d left join (
        select OpportunityId, max_by((StageName, Amount, CloseDate), CreatedDate) as last
        from live_opportunity_history group by all) as h on h.OpportunityId = d.Id
        where last is distinct from (d.StageName, d.Amount, d.CloseDate)""",
    "the first history row is the creation": """
        select count(*) from live_opportunity as d left join (
        select OpportunityId, min(CreatedDate) as first from live_opportunity_history group by all) as h
        on h.OpportunityId = d.Id where first is distinct from d.CreatedDate""",
    "every history row changes something": """
        select count(*) from (select StageName, Amount, CloseDate, lag((StageName, Amount, CloseDate))
        over (partition by OpportunityId order by CreatedDate) as before from opportunity_history)
        where before = (StageName, Amount, CloseDate)""",
    "a closed deal's close date is the local day of its closing": """
        select count(*) from (select *, lag(StageName) over (partition by OpportunityId
        order by CreatedDate) as before from live_opportunity_history)
        where StageName like 'Closed%' and before not like 'Closed%'
        and CloseDate <> local_day(CreatedDate)::varchar""",
    "every won deal has one order": """
        select count(*) from (select d.Id from live_opportunity as d left join live_order as o
        on o.OpportunityId = d.Id where IsWon = 'true' group by all having count(o.Id) <> 1)""",
    "no other deal has an order": """
        select count(*) from live_order as o join opportunity as d on o.OpportunityId = d.Id
        where d.Id not in (select Id from live_opportunity where IsWon = 'true')""",
    "a deal has at most one sourcing partner": """
        select count(*) from (select OpportunityId from live_partner where Role = 'Referral Partner'
        group by all having count(*) > 1)""",
    "no partner has two roles in a deal": """
        select count(*) from (select OpportunityId, AccountToId from live_partner
        group by all having count(*) > 1)""",
    "a partner's lead becomes that partner's deal": """
        select count(*) from live_lead as l left join live_partner as p
        on p.OpportunityId = l.ConvertedOpportunityId and p.Role = 'Referral Partner'
        where l.ConvertedOpportunityId is not null and l.Partner__c is distinct from p.AccountToId""",
    "duplicates never convert": """
        select count(*) from (select *, row_number() over (partition by coalesce(lower(trim(Email)),
        nullif(regexp_replace(Phone, '[^0-9]', '', 'g'), ''), Id) order by CreatedDate) as number
        from live_lead) where number > 1 and IsConverted = 'true'""",
    "line items add up to the amount": """
        select count(*) from (select d.Id from live_opportunity as d join live_opportunity_line_item as i
        on i.OpportunityId = d.Id group by d.Id, d.Amount
        having sum(TotalPrice::decimal(18, 2)) <> d.Amount::decimal(18, 2)
        or bool_or(Quantity::int * UnitPrice::decimal(18, 2) <> TotalPrice::decimal(18, 2)))""",
    "ads that leads name exist and were live that day": """
        select count(*) from live_lead as l
        left join (select "segments.date" as day, "campaign.id" as campaign, "ad_group_ad.ad.id" as ad from google
                   union all select date_start, campaign_id, ad_id from meta) as a
        on a.ad = l.UTM_Content__c and a.campaign = l.UTM_Campaign__c and a.day = local_day(l.CreatedDate)::varchar
        where l.UTM_Content__c is not null and a.ad is null""",
    "rates lie on weekdays": "select count(*) from fx_rate where isodow(rate_on::date) > 5",
    "a rate is never more than seven days old": """
        select count(*) from (select rate_on::date - lag(rate_on::date) over (
        partition by from_currency order by rate_on) as gap from fx_rate) where gap > 7""",
    "every trace of a source has a channel": """
        select count(*) from live_lead as l where (UTM_Source__c is not null or LeadSource is not null
        or GCLID__c is not null or FBCLID__c is not null or Partner__c is not null) and not exists (
        select 1 from channel_map as m where (m.utm_source is null or m.utm_source = l.UTM_Source__c)
        and (m.utm_medium is null or m.utm_medium = l.UTM_Medium__c)
        and (m.lead_source is null or m.lead_source = l.LeadSource))""",
    "every campaign type has a channel": """
        select count(*) from live_campaign where Type not in (select lead_source from channel_map
        where lead_source is not null)""",
    "no past event lies after the end": """
        select count(*) from (select max(LastModifiedDate) as last from lead union all
        select max(LastModifiedDate) from task union all select max(CompletedDateTime) from task union all
        select max(LastModifiedDate) from opportunity union all select max(CreatedDate) from opportunity_history
        union all select max(LastModifiedDate) from "order" union all select max(LastModifiedDate) from "user"
        union all select max(LastModifiedDate) from account) where last >= '2024-12-31T21:00:00.000Z'""",
}  # fmt: skip


@pytest.mark.parametrize("rule", RULES)
def test_the_exports_keep_the_rule_that(database: duckdb.DuckDBPyConnection, rule: str) -> None:
    assert count(database, RULES[rule]) == 0


@pytest.mark.parametrize(
    ("table", "column", "target"),
    [
        ("contact", "AccountId", "account"),
        ("lead", "ConvertedAccountId", "account"),
        ("lead", "ConvertedContactId", "contact"),
        ("lead", "ConvertedOpportunityId", "opportunity"),
        ("lead", "Partner__c", "account"),
        ("lead", "OwnerId", "user"),
        ("campaign_member", "CampaignId", "campaign"),
        ("campaign_member", "LeadId", "lead"),
        ("campaign_member", "ContactId", "contact"),
        ("opportunity", "AccountId", "account"),
        ("opportunity", "CampaignId", "campaign"),
        ("opportunity", "OwnerId", "user"),
        ("opportunity_history", "OpportunityId", "opportunity"),
        ("opportunity_line_item", "Product2Id", "product2"),
        ("partner", "AccountToId", "account"),
        ("task", "WhatId", "opportunity or case"),
        ("case", "AccountId", "account"),
        ("generic_request", "lead_id", "lead"),
        ("generic_request", "owner_id", "user"),
        ("generic_quote", "opportunity_id", "opportunity"),
        ("generic_survey", "request_id", "case"),
        ("generic_survey", "customer_id", "account"),
        ("task", "AccountId", "account"),
        ("order", "AccountId", "account"),
        ("generic_customer_cost", "customer_id", "account"),
        ("partner_terms", "partner_id", "account"),
        ("campaign_map", "campaign_id", "campaign"),
    ],
)
def test_references_lead_somewhere(
    database: duckdb.DuckDBPyConnection, table: str, column: str, target: str
) -> None:
    targets = " union all ".join(f'select Id from "{name}"' for name in target.split(" or "))
    query = f'select count(*) from "{table}" where {column} not in ({targets})'
    assert count(database, query) == 0


# Size and arguments


def test_twenty_times_the_company_takes_seconds(tmp_path: Path) -> None:
    started = time.perf_counter()
    company = simulate(SimulationSettings(scale=20))
    write_exports(company, tmp_path)
    assert time.perf_counter() - started < 10
    assert 40_000 < len(company.leads) < 60_000


def test_the_smallest_company_can_be_written(tmp_path: Path) -> None:
    company = simulate(SimulationSettings(scale=0.001, months=1))
    write_exports(company, tmp_path)
    assert company.truth["leads"]["all"]["created_count"] > 0


def test_parquet_holds_typed_columns_and_the_same_rows(company, tmp_path: Path, database) -> None:
    write_exports(company, tmp_path, "parquet")
    file = tmp_path / "salesforce" / "salesforce__opportunity.parquet"
    types = {name: kind for name, kind, *_ in duckdb.sql(f"describe from '{file}'").fetchall()}
    assert types["Amount"] == "DECIMAL(18,2)"
    assert types["CreatedDate"] == "TIMESTAMP"
    assert types["CloseDate"] == "DATE"
    total = duckdb.sql(f"select sum(Amount) from '{file}'").fetchone()
    assert total == database.execute("select sum(Amount::decimal(18, 2)) from opportunity").fetchone()


@pytest.mark.parametrize(
    "arguments",
    [
        {"seed": -1},
        {"scale": 0},
        {"scale": float("nan")},
        {"scale": 1e9},
        {"start": date(2023, 1, 2)},
        {"start": date(1999, 1, 1)},
        {"months": 0},
        {"months": 1000},
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict) -> None:
    with pytest.raises(SimulationError, match=next(iter(arguments))):
        SimulationSettings(**arguments)


def test_an_unknown_format_is_refused(company, tmp_path: Path) -> None:
    with pytest.raises(SimulationError, match="csv, parquet"):
        write_exports(company, tmp_path, "xlsx")


def test_the_command_line_answers_bad_arguments_with_a_sentence(tmp_path: Path, capsys) -> None:
    assert main(["--months", "0", "--out", str(tmp_path)]) == 2
    assert "months must lie between" in capsys.readouterr().err


def test_the_command_line_writes_exports_and_truth(tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    assert main(["--scale", "0.1", "--months", "2", "--out", str(tmp_path), "--truth", str(truth)]) == 0
    assert truth.read_text(encoding="utf-8").startswith("{")
    assert (tmp_path / "generic" / "generic__rep.csv").read_text(encoding="utf-8").startswith("rep_id,")
