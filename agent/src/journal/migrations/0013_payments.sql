-- 0013_payments: what was paid on booked invoices, each once; and whether the stock was counted since
-- an order was booked as an invoice.

-- The payment of one booked invoice. `writing` is an intent: committed before the call with all that
-- it is found again by.
CREATE TABLE payments (
    order_id    INTEGER PRIMARY KEY REFERENCES orders (id),
    profile     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('awaits', 'writing', 'written', 'settled')),
    looked      INTEGER,                 -- the version that was not paid yet, or failed
    settings    TEXT,                    -- digest of the settings then
    failed_at   INTEGER,
    till        TEXT CHECK (till IN ('bank', 'cash')),
    daybook     TEXT,
    daybook_name TEXT,
    day         TEXT,                    -- YYYY-MM-DD
    amount      TEXT,
    key         TEXT,                    -- description in the books
    started_at  INTEGER,
    searched_at INTEGER,                 -- first search since then that found nothing
    lost        INTEGER NOT NULL DEFAULT 0,
    booked      TEXT,                    -- id in the administration
    written_at  INTEGER
) STRICT;
CREATE INDEX payments_profile ON payments (profile, state);

ALTER TABLE orders ADD COLUMN stock_counted INTEGER NOT NULL DEFAULT 0;
-- The few that the stock still has to be counted after.
CREATE INDEX orders_uncounted ON orders (administration)
    WHERE state = 'written' AND form = 'booking' AND stock_counted = 0;
