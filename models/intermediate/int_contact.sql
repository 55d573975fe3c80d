-- One row per contact, of every system.
{{ union_staged(['stg_salesforce__contact', 'stg_generic__contact'], [
    'source_system',
    'contact_id',
    'account_id',
]) }}
