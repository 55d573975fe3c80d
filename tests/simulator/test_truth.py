"""The truth, counted from the simulator's arrays, agrees with plain SQL over what was exported."""

from __future__ import annotations

from decimal import Decimal

import duckdb
import numpy as np
import pytest

from simulator import Company
from simulator.deal_paths import LOST, PROPOSAL, WON
from simulator.truth_deals import count_incidence

CLOSED_AT = """
    (select OpportunityId, max(CreatedDate) as closed_at from (
        select *, lag(StageName, 1, '') over (partition by OpportunityId order by CreatedDate) as before
        from live_opportunity_history)
    where StageName like 'Closed%' and before not like 'Closed%' group by all)"""


def rows(database: duckdb.DuckDBPyConnection, query: str) -> list[tuple]:
    return database.execute(query).fetchall()


def euro(ten_thousandths: int | None) -> Decimal:
    return Decimal(int(ten_thousandths or 0)).scaleb(-4)


def test_won_and_lost_deals_by_rep(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        select OwnerId, count(*), count(*) filter (IsWon = 'true'), count(*) filter (StageName = 'Closed Lost'),
               count(*) filter (IsClosed = 'false'),
               sum(base(Amount, CurrencyIsoCode, local_day(CreatedDate))) filter (IsWon = 'true'),
               sum(base(Amount, CurrencyIsoCode, local_day(CreatedDate))) filter (IsClosed = 'true')
        from live_opportunity group by all"""
    found = rows(database, query)
    truth = company.truth["opportunities"]
    for rep, created, won, lost, still_open, won_amount, closed_amount in found:
        told = truth[rep]["all"]
        assert (told["created_count"], told["won_count"], told["lost_count"], told["open_count"]) == (
            created, won, lost, still_open,
        )  # fmt: skip
        assert Decimal(told["won_amount_eur"]) == euro(won_amount)
        assert Decimal(told["closed_amount_eur"]) == euro(closed_amount)
    assert truth["all"]["all"]["created_count"] == sum(row[1] for row in found)


def test_won_deals_and_cycles_by_month(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = f"""
        select date_trunc('month', local_day(closed_at))::date::varchar, count(*),
               avg(local_day(closed_at) - local_day(CreatedDate)),
               quantile_cont(local_day(closed_at) - local_day(CreatedDate), 0.9)
        from live_opportunity as d join {CLOSED_AT} as c on c.OpportunityId = d.Id
        where IsWon = 'true' group by all"""
    truth = company.truth["opportunities"]["all"]
    for month, won, mean, p90 in rows(database, query):
        cycle = truth[month]["cycle_from_created_days"]
        assert truth[month]["won_count"] == won == cycle["count"]
        assert float(cycle["mean"]) == pytest.approx(mean, abs=1e-6)
        assert float(cycle["p90"]) == pytest.approx(p90, abs=1e-6)


def test_cycle_from_the_first_human_activity(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = f"""
        with followup as (
            select d.Id, min(t.CompletedDateTime) as followup_at
            from live_opportunity as d join live_task as t on t.WhatId = d.Id
            where Is_Automated__c = 'false' and t.CompletedDateTime >= d.CreatedDate group by all)
        select count(*), avg(local_day(closed_at) - local_day(followup_at))
        from live_opportunity as d join {CLOSED_AT} as c on c.OpportunityId = d.Id
        join followup as f on f.Id = d.Id where IsWon = 'true'"""
    number, mean = rows(database, query)[0]
    told = company.truth["opportunities"]["all"]["all"]["cycle_from_followup_days"]
    assert told["count"] == number
    assert float(told["mean"]) == pytest.approx(mean, abs=1e-6)


def test_deals_open_at_the_end_of_each_month(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        with ends as (
            select range::date as month, (range + interval 1 month - interval 3 hour)::timestamp as cut
            from range(timestamp '2023-01-01', timestamp '2025-01-01', interval 1 month)),
        states as (
            select month, OpportunityId, max_by(StageName, h.CreatedDate) as stage
            from ends join live_opportunity_history as h on h.CreatedDate::timestamp < cut group by all)
        select month::varchar, count(*) from states where stage not like 'Closed%' group by all"""
    truth = company.truth["opportunities"]["all"]
    found = dict(rows(database, query))
    assert {month: told["open_count"] for month, told in truth.items() if month != "all"} == found


def test_stage_conversion_counts(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        with visits as (
            select OpportunityId, list(distinct stage_order::int) as stages, max(stage_order::int) as furthest
            from live_opportunity_history as h join stage_map as m
            on m.source_system = 'salesforce' and m.stage = h.StageName and stage_order is not null
            group by all)
        select n, count(*) filter (list_contains(stages, n)), count(*) filter (list_contains(stages, n + 1)),
               count(*) filter (list_contains(stages, n) and list_contains(stages, n + 1)),
               count(*) filter (furthest >= n), count(*) filter (furthest >= n + 1)
        from visits, range(1, 6) as pairs(n) group by all"""
    truth = company.truth["stage_conversion"]["all"]["all"]
    names = ("ever_earlier", "ever_later", "both", "reached_earlier", "reached_later")
    found = {f"{n}-{n + 1}": dict(zip(names, counts, strict=True)) for n, *counts in rows(database, query)}
    assert truth == found


def test_leads_without_duplicates(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        with numbered as (
            select *, regexp_replace(Phone, '[^0-9]', '', 'g') as digits,
            row_number() over (partition by coalesce(lower(trim(Email)), nullif(digits, ''), Id)
                               order by CreatedDate) as number
            from live_lead)
        select date_trunc('month', local_day(CreatedDate))::date::varchar,
               count(*) filter (number = 1), count(*) filter (number > 1),
               sum(1 + (Email is not null)::int + coalesce(length(digits) > 6, false)::int) filter (number = 1)
        from numbered group by all"""
    truth = company.truth["leads"]
    for month, created, duplicates, fields in rows(database, query):
        told = truth[month]
        assert (told["created_count"], told["duplicates_count"]) == (created, duplicates)
        assert told["valid_fields_count"] == fields


def test_revenue_and_customers_by_month(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        select date_trunc('month', EffectiveDate::date)::date::varchar as month, count(*),
               count(distinct AccountId), sum(base(TotalAmount, CurrencyIsoCode, EffectiveDate))
        from live_order group by all"""
    truth = company.truth["revenue"]
    for month, orders, customers, revenue in rows(database, query):
        told = truth[month]
        assert (told["orders_count"], told["active_customers_count"]) == (orders, customers)
        assert Decimal(told["revenue_eur"]) == euro(revenue)


def test_realised_value_of_each_customer(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        with revenue as (
            select AccountId as id, sum(base(TotalAmount, CurrencyIsoCode, EffectiveDate)) as revenue
            from live_order group by all),
        costs as (
            select customer_id as id, sum(base(amount, currency, incurred_on)) as costs
            from (from generic_customer_cost
                  qualify row_number() over (partition by cost_id order by updated_at desc) = 1)
            where is_deleted = 'false' group by all)
        select id, revenue - coalesce(costs, 0) from revenue left join costs using (id)"""
    truth = company.truth["customers"]["buyers"]
    found = {account: euro(value) for account, value in rows(database, query)}
    assert {account: Decimal(told["ltv_realised_eur"]) for account, told in truth.items()} == found


def test_partners_sourced_and_influenced(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        with named as (
            select OpportunityId as deal, AccountToId as partner, null as known_at, if(partner_role = 'sourced', 1, 3) as place
            from live_partner as p join partner_role_map as m on m.source_system = 'salesforce' and m.role = p.Role
            union all
            select d.Id, r.partner_id, coalesce(r.approved_at, r.registered_at), 2
            from generic_deal_registration as r join live_opportunity as d on d.Id = r.opportunity_id
            where r.status = 'approved' and r.is_deleted = 'false'
              and coalesce(r.expires_on::date >= local_day(d.CreatedDate), true)),
        each_once as (select deal, partner, min(place) as place, min(known_at) as known_at from named group by all),
        roles as (
            select *, if(place < 3 and row_number() over (partition by deal order by place, known_at) = 1,
                         'sourced', 'influenced') as role
            from each_once)
        select partner, role, count(*), count(*) filter (IsWon = 'true'),
               sum(base(Amount, CurrencyIsoCode, local_day(d.CreatedDate))) filter (IsWon = 'true'),
               count(*) filter (StageName = 'Closed Lost' and Competitor__c is not null)
        from roles join live_opportunity as d on d.Id = roles.deal group by all"""
    for partner, role, number, won, amount, competitor in rows(database, query):
        told = company.truth["partners"][partner][role]
        assert (told["opportunities_count"], told["won_count"]) == (number, won)
        assert told["lost_to_competitor_count"] == competitor
        assert Decimal(told["won_amount_eur"]) == euro(amount)


def test_advertising_by_campaign(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        select 'google_ads', "campaign.id", sum("metrics.clicks"::int),
               sum(base(("metrics.cost_micros"::bigint / 1e6)::decimal(18, 2), "customer.currency_code",
                        "segments.date")),
               sum("metrics.conversions"::decimal(18, 2))
        from google group by all
        union all
        select 'meta_ads', campaign_id, sum(clicks::int), sum(base(spend, account_currency, date_start)),
               sum(coalesce(list_extract(list_filter(
                   from_json(actions, '[{"action_type":"VARCHAR","value":"INT"}]'),
                   lambda a: a.action_type = 'purchase'), 1).value, 0))
        from meta group by all"""
    found = rows(database, query)
    for platform, campaign, clicks, spend, conversions in found:
        told = company.truth["ads"][platform][campaign]["all"]
        assert told["clicks"] == clicks
        assert Decimal(told["spend_eur"]) == euro(spend)
        assert Decimal(told["platform_conversions"]) == Decimal(conversions)
    assert Decimal(company.truth["ads"]["all"]["all"]["all"]["spend_eur"]) == euro(
        sum(row[3] for row in found)
    )


def test_first_last_and_linear_attribution(company: Company, database: duckdb.DuckDBPyConnection) -> None:
    query = """
        with numbered as (
            select *, first_value(Id) over (partition by coalesce(lower(trim(Email)),
                nullif(regexp_replace(Phone, '[^0-9]', '', 'g'), ''), Id) order by CreatedDate) as survivor
            from live_lead),
        lead_party as (
            select l.Id, coalesce(s.ConvertedAccountId, s.Id) as party
            from numbered as l join live_lead as s on s.Id = l.survivor),
        traces as (
            select party, CreatedDate::timestamp as touched_at, lower(UTM_Source__c) as utm_source,
                   lower(UTM_Medium__c) as utm_medium, LeadSource as lead_source
            from live_lead join lead_party using (Id)
            where coalesce(UTM_Source__c, GCLID__c, FBCLID__c, Partner__c, LeadSource) is not null
            union all
            select coalesce(party, c.AccountId), FirstRespondedDate::timestamp - interval 3 hour,
                   null, null, k.Type
            from live_campaign_member as m join live_campaign as k on k.Id = m.CampaignId
            left join lead_party as p on p.Id = m.LeadId left join live_contact as c on c.Id = m.ContactId
            where HasResponded = 'true'),
        touches as (
            select party, touched_at, (
                select min_by(channel, priority::int) from channel_map as m
                where (m.utm_source is null or m.utm_source = t.utm_source)
                and (m.utm_medium is null or m.utm_medium = t.utm_medium)
                and (m.lead_source is null or m.lead_source = t.lead_source)) as channel
            from traces as t),
        journeys as (
            select o.Id, channel, row_number() over (partition by o.Id order by touched_at) as number,
                   count(*) over (partition by o.Id) as touches
            from live_order as o join touches as t on t.party = o.AccountId
            and t.touched_at >= o.EffectiveDate::timestamp - interval 3 hour - interval 90 day
            and t.touched_at < o.EffectiveDate::timestamp - interval 3 hour + interval 1 day)
        select channel, count(*) filter (number = 1), count(*) filter (number = touches), sum(1 / touches)
        from journeys group by all"""
    found = rows(database, query)
    models = company.truth["attribution"]["models"]
    for channel, first, last, linear in found:
        assert Decimal(models["first"][channel]["conversions"]) == first
        assert Decimal(models["last"][channel]["conversions"]) == last
        assert float(models["linear"][channel]["conversions"]) == pytest.approx(linear, abs=1e-5)
    attributed = company.truth["attribution"]["attributed_orders_count"]
    assert attributed == sum(row[1] for row in found)


def test_the_curve_of_eight_deals_is_the_one_worked_out_by_hand() -> None:
    day = np.array([30, 45, 60, 90, 45, 60, 90, 120])
    stage = np.array([WON] * 4 + [LOST] + [PROPOSAL] * 3)
    told = count_incidence(day, stage)
    assert float(told["30"]["won_incidence"]) == pytest.approx(1 / 8)
    assert float(told["90"]["won_incidence"]) == pytest.approx(0.5416667)
    assert float(told["90"]["lost_incidence"]) == pytest.approx(0.125)


def test_units_and_lines_of_products_in_won_deals(
    company: Company, database: duckdb.DuckDBPyConnection
) -> None:
    query = """
        select Product2Id, count(*), sum(Quantity::int),
               sum(base(TotalPrice, l.CurrencyIsoCode, local_day(d.CreatedDate)))
        from live_opportunity_line_item as l join live_opportunity as d on d.Id = l.OpportunityId
        where IsWon = 'true' group by all"""
    found = rows(database, query)
    truth = company.truth["product_sales"]
    for product, lines, units, revenue in found:
        told = truth[product]["all"]
        assert (told["lines_count"], told["units"]) == (lines, units)
        assert Decimal(told["revenue_eur"]) == euro(revenue)
    assert truth["all"]["all"]["lines_count"] == sum(row[1] for row in found)
