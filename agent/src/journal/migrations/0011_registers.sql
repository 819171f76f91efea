-- 0011_registers: what public registers said, and the rate an owner entered for an order.

-- The check of the VAT number an order's VAT hangs on: the evidence stays with the order.
CREATE TABLE vat_checks (
    order_id     INTEGER PRIMARY KEY REFERENCES orders (id) ON DELETE CASCADE,
    number       TEXT NOT NULL,
    verdict      TEXT NOT NULL CHECK (verdict IN ('valid', 'invalid', 'unreachable')),
    day          TEXT NOT NULL,
    name         TEXT NOT NULL,
    consultation TEXT NOT NULL,
    asked_at     INTEGER NOT NULL,
    tries        INTEGER NOT NULL          -- times in a row it could not be asked
) STRICT;

-- Rates of the euro as published; the day is the one asked for.
CREATE TABLE euro_rates (
    currency  TEXT NOT NULL,
    day       TEXT NOT NULL,
    rate      TEXT NOT NULL,
    published TEXT NOT NULL,
    PRIMARY KEY (currency, day)
) STRICT, WITHOUT ROWID;

-- Units of the order's currency for one euro; forgotten when the shop changes the order.
ALTER TABLE orders ADD COLUMN exchange_rate TEXT;
