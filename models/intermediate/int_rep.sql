-- One row per rep and validity period, of every system.
{{ union_staged(['stg_salesforce__rep', 'stg_generic__rep'], [
    'source_system',
    'rep_id',
    'rep_name',
    'team',
    'region',
    'manager_id',
    'is_active',
    'valid_from',
    'valid_to',
]) }}
