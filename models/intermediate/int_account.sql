-- One row per account, of every system.
{{ union_staged(['stg_salesforce__account', 'stg_generic__account'], [
    'source_system',
    'account_id',
    'account_name',
    'account_type',
    'segment',
    'industry',
    'country',
    'owner_id',
    'created_at',
]) }}
