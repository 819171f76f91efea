-- 0014_money_back: a payment for each credit of a booked invoice beside the one of the invoice itself:
-- the money that went back.

CREATE TABLE payments_of_documents (
    id          INTEGER PRIMARY KEY,
    order_id    INTEGER NOT NULL REFERENCES orders (id),
    credit      INTEGER NOT NULL DEFAULT 0,   -- the credit it is paid back on; 0 = received on the invoice
    profile     TEXT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('awaits', 'writing', 'written', 'settled')),
    looked      INTEGER,                 -- the version that was not paid yet, or failed
    settings    TEXT,                    -- digest of the settings then
    failed_at   INTEGER,
    till        TEXT CHECK (till IN ('bank', 'cash')),
    daybook     TEXT,
    daybook_name TEXT,
    day         TEXT,                    -- YYYY-MM-DD
    amount      TEXT,                    -- below zero where it was paid back
    key         TEXT,                    -- description in the books
    started_at  INTEGER,
    searched_at INTEGER,                 -- first search since then that found nothing
    lost        INTEGER NOT NULL DEFAULT 0,
    booked      TEXT,                    -- id in the administration
    written_at  INTEGER,
    UNIQUE (order_id, credit)
) STRICT;
INSERT INTO payments_of_documents (order_id, profile, state, looked, settings, failed_at, till, daybook,
        daybook_name, day, amount, key, started_at, searched_at, lost, booked, written_at)
    SELECT order_id, profile, state, looked, settings, failed_at, till, daybook, daybook_name, day,
        amount, key, started_at, searched_at, lost, booked, written_at FROM payments;
DROP TABLE payments;
ALTER TABLE payments_of_documents RENAME TO payments;
CREATE INDEX payments_profile ON payments (profile, state);
