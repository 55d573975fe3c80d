"""All exports of a company, by system and object, and the headers of those that it does not have."""

from __future__ import annotations

from simulator.columns import Empty, Table, stacked
from simulator.company import CompanyParts, stream
from simulator.exports_ads import google_table, meta_table
from simulator.exports_audience import mailing_table, web_event_table, weekly_reach_table
from simulator.exports_enablement import content_table, content_use_table, training_table
from simulator.exports_lifecycle import (
    customer_event_table,
    deal_registration_table,
    subscription_table,
)
from simulator.exports_people import (
    account_table,
    campaign_table,
    contact_table,
    lead_table,
    member_table,
    user_table,
)
from simulator.exports_reference import reference_tables
from simulator.exports_sales import (
    customer_cost_table,
    field_history_table,
    history_table,
    line_table,
    opportunity_table,
    order_table,
    partner_table,
    product_table,
    task_table,
)
from simulator.exports_service import case_table, quote_table, reply_table, request_table, survey_table

# Objects that the sample company does not export: the files are there, with their header only.
GENERIC_HEADERS = {
    "rep": "rep_id,rep_name,email,team,region,manager_id,valid_from,valid_to,is_active,updated_at",
    "account": "account_id,account_name,segment,industry,country,owner_id,created_at,updated_at,is_deleted",
    "contact": "contact_id,account_id,contact_name,email,phone,created_at,updated_at,is_deleted",
    "lead": "lead_id,lead_name,company,email,phone,country,status,source,medium,campaign_id,ad_id,"
    "partner_id,owner_id,created_at,converted_at,account_id,opportunity_id,updated_at,is_deleted",
    "campaign": "campaign_id,campaign_name,platform,channel,started_on,ended_on,cost,currency,updated_at,is_deleted",
    "opportunity": "opportunity_id,opportunity_name,account_id,owner_id,sourcing_partner_id,lead_id,"
    "campaign_id,source,product_id,product_family,stage,outcome,amount,currency,created_at,"
    "first_followup_at,closed_at,expected_close_on,loss_reason,competitor,updated_at,is_deleted",
    "opportunity_history": "opportunity_id,changed_at,stage,amount,expected_close_on,owner_id",
    "opportunity_line": "line_id,opportunity_id,product_id,quantity,unit_price,amount,currency,updated_at,is_deleted",
    "opportunity_partner": "opportunity_id,partner_id,role,commission_amount,currency",
    "product": "product_id,product_name,product_family,list_price,currency,updated_at,is_deleted",
    "partner": "partner_id,partner_name,tier,region,commission_rate,updated_at,is_deleted",
    "activity": "activity_id,kind,direction,rep_id,lead_id,contact_id,account_id,opportunity_id,request_id,"
    "occurred_at,duration_seconds,is_automatic,is_connected,outcome,is_value_added,agreed_followup,subject,"
    "updated_at,is_deleted",
    "order": "order_id,customer_id,opportunity_id,ordered_at,amount,cost,currency,status,updated_at,is_deleted",
    "order_line": "line_id,order_id,customer_id,ordered_at,product_id,quantity,unit_price,amount,cost,currency,status,"
    "updated_at,is_deleted",
    "ad_performance_daily": "platform,account_id,date_on,campaign_id,campaign_name,channel,ad_group_id,"
    "ad_group_name,ad_id,ad_name,impressions,reach,clicks,reactions,spend,currency,conversions,conversion_value",
    "web_action": "action_id,visitor_id,session_id,occurred_at,action,page,landing_page,source,medium,channel,"
    "campaign_id,campaign_name,device_category,updated_at,is_deleted",
}


def build_tables(company: CompanyParts) -> dict[str, Table]:
    """`<system>/<system>__<object>` -> columns."""
    rng = stream(company.settings, "exports")
    # what is drawn while writing comes from a child of the topic's stream, so that the two do not repeat each other
    (enablement_rng,) = stream(company.settings, "enablement").spawn(1)
    systems: dict[str, dict[str, Table]] = {
        "salesforce": {
            "user": user_table(company),
            "account": account_table(company, rng),
            "contact": contact_table(company),
            "lead": lead_table(company, rng),
            "campaign": campaign_table(company),
            "campaign_member": member_table(company),
            "opportunity": opportunity_table(company, rng),
            "opportunity_history": history_table(company),
            "opportunity_field_history": field_history_table(company),
            "opportunity_line_item": line_table(company, rng),
            "product2": product_table(company),
            "partner": partner_table(company, rng),
            "task": stacked(task_table(company, rng), reply_table(company)),
            "order": order_table(company, rng),
            "case": case_table(company),
        },
        "google_ads": {"ad_performance_daily": google_table(company)},
        "meta_ads": {"ad_performance_daily": meta_table(company)},
        "ga4": {"event": web_event_table(company)},
        "generic": {
            **{
                name: {column: Empty(0) for column in header.split(",")}
                for name, header in GENERIC_HEADERS.items()
            },
            "customer_cost": customer_cost_table(company, rng),
            "content": content_table(company),
            "content_use": content_use_table(company, enablement_rng),
            "training": training_table(company, enablement_rng),
            "customer_event": customer_event_table(company),
            "subscription": subscription_table(company),
            "deal_registration": deal_registration_table(company),
            "email_campaign": mailing_table(company),
            "ad_reach_weekly": weekly_reach_table(company),
            "request": request_table(company),
            "quote": quote_table(company),
            "survey": survey_table(company),
        },
        "reference": reference_tables(company),
    }
    return {
        f"{system}/{system}__{name}": table
        for system, tables in systems.items()
        for name, table in tables.items()
    }
