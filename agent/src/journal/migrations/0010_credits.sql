-- 0010_credits: what is written after an order: credits for what was given back, each once; and
-- orders cancelled after they were written.

-- One credit of one refund of one order.
CREATE TABLE credits (
    id            INTEGER PRIMARY KEY,
    profile       TEXT NOT NULL,
    order_id      INTEGER NOT NULL REFERENCES orders (id),
    refund        TEXT NOT NULL,           -- the shop's refund id; 'cancelled' = all of the order
    n             INTEGER NOT NULL,        -- of <number>-C<n>
    state         TEXT NOT NULL CHECK (state IN ('new', 'waits', 'approved', 'writing', 'written', 'dismissed')),
    unasked       INTEGER NOT NULL,        -- given back before the order was written: no yes is asked for
    rate          TEXT,                    -- the owner's, for an amount without one
    reason        TEXT,                    -- JSON: code, text, hint
    plan          TEXT,                    -- JSON; erased with the order's
    total         TEXT,
    booked        TEXT,
    booked_number TEXT,
    found_at      INTEGER NOT NULL,
    written_at    INTEGER,
    UNIQUE (profile, order_id, refund),
    UNIQUE (order_id, n)
) STRICT;
CREATE INDEX credits_state ON credits (profile, state);

ALTER TABLE intents ADD COLUMN credit INTEGER REFERENCES credits (id);

-- The newest version whose refunds are in `credits`.
ALTER TABLE orders ADD COLUMN refunds_version INTEGER;
-- Refunds of orders written by a version that knew no credits may have been entered by hand.
ALTER TABLE orders ADD COLUMN refunds_by_hand INTEGER NOT NULL DEFAULT 0;
UPDATE orders SET refunds_by_hand = 1 WHERE state = 'written';
-- As what it was written.
ALTER TABLE orders ADD COLUMN form TEXT NOT NULL DEFAULT 'order' CHECK (form IN ('order', 'booking'));

CREATE TABLE cancellations (
    order_id INTEGER PRIMARY KEY REFERENCES orders (id),
    profile  TEXT NOT NULL,
    state    TEXT NOT NULL CHECK (state IN ('found', 'blocked', 'reported', 'delete', 'credit', 'looked', 'gone')),
    at       INTEGER NOT NULL
) STRICT;
CREATE INDEX cancellations_profile ON cancellations (profile, state);
