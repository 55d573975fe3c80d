-- One row per record of the export: the exchange rate of a currency pair on a day. Every record comes back, with a verdict in _row_status.
with

typed as (
    {{ typed_export('reference__fx_rate') }}
),

renamed as (
    select
        "rate_on",
        "from_currency",
        "to_currency",
        "rate",

        -- address and verdict
        {{ row_verdict() }}
    from typed
)

select * from renamed
