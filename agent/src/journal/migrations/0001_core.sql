-- 0001_core: what was seen, decided and written. Moments are Unix milliseconds; texts for the
-- owner are JSON {"nl":…,"en":…}; amounts are decimal text.

-- Every version of an order as the shop gave it. `raw` is erased by retention or on request.
CREATE TABLE order_versions (
    id        INTEGER PRIMARY KEY,
    order_id  INTEGER NOT NULL,
    hash      TEXT NOT NULL,
    seen_at   INTEGER NOT NULL,
    status    TEXT NOT NULL,               -- the shop's status id
    total     TEXT NOT NULL,               -- as the shop has it
    raw       TEXT
) STRICT;
CREATE INDEX order_versions_order ON order_versions (order_id, id);

-- One order of one shop, for ever.
CREATE TABLE orders (
    id               INTEGER PRIMARY KEY,
    profile          TEXT NOT NULL,
    shop_id          TEXT NOT NULL,
    number           TEXT NOT NULL,
    state            TEXT NOT NULL CHECK (state IN ('seen', 'planned', 'writing', 'written', 'held', 'skipped')),
    reason           TEXT,                 -- JSON: code, text, hint; held and skipped only
    by_owner         INTEGER NOT NULL DEFAULT 0, -- skipped for good by a person
    hash             TEXT NOT NULL,        -- of the newest version
    version          INTEGER NOT NULL REFERENCES order_versions (id) DEFERRABLE INITIALLY DEFERRED,
    planned_version  INTEGER,              -- the version the plan was made of, later: was written
    checked_version  INTEGER,              -- newest version compared with what was written
    placed_at        INTEGER,
    placed_day       TEXT NOT NULL,        -- local day of the shop, YYYY-MM-DD; empty when unreadable
    changed_at       INTEGER,
    shop_total       TEXT NOT NULL,
    shop_currency    TEXT NOT NULL,
    status           TEXT NOT NULL,
    plan             TEXT,                 -- JSON; erased with raw
    pieces           TEXT,                 -- JSON {article code: pieces}, kept
    settings_digest  TEXT,
    facts_digest     TEXT,
    planned_at       INTEGER,
    failure          TEXT,                 -- JSON: the latest passing failure
    relation         TEXT,
    relation_code    INTEGER,
    booked           TEXT,                 -- id in the administration
    booked_number    TEXT,
    booked_stage     TEXT,
    invoiced         INTEGER NOT NULL DEFAULT 0,
    linked           INTEGER NOT NULL DEFAULT 0, -- it was in the books already
    payment_reference TEXT,
    total            TEXT,                 -- with VAT, as written to the books
    total_excl       TEXT,
    administration   TEXT,
    seen_at          INTEGER NOT NULL,
    read_at          INTEGER,              -- when the newest version was read again, the same
    updated_at       INTEGER NOT NULL,
    written_at       INTEGER,
    erased_at        INTEGER,
    UNIQUE (profile, shop_id)
) STRICT;
CREATE INDEX orders_number ON orders (profile, number);
CREATE INDEX orders_state ON orders (profile, state, placed_at, id);
CREATE INDEX orders_day ON orders (profile, placed_day);
CREATE INDEX orders_uninvoiced ON orders (administration) WHERE state = 'written' AND invoiced = 0;
CREATE INDEX orders_changed ON orders (profile, changed_at);

-- Which record of the shop is which record of the books: one to one, both ways.
CREATE TABLE bindings (
    profile        TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('relation', 'article', 'order')),
    shop_id        TEXT NOT NULL,
    administration TEXT NOT NULL,
    foreign_id     TEXT NOT NULL,
    code           TEXT NOT NULL,          -- what a person knows it by in the books
    bound_at       INTEGER NOT NULL,
    UNIQUE (profile, kind, shop_id),
    UNIQUE (administration, kind, foreign_id)
) STRICT;

-- What is about to be written into the books, committed before it is sent, with the key by which
-- it can be found again. No outcome = nobody knows whether it was written.
CREATE TABLE intents (
    id             INTEGER PRIMARY KEY,
    profile        TEXT NOT NULL,
    administration TEXT NOT NULL,
    order_id       INTEGER NOT NULL REFERENCES orders (id),
    kind           TEXT NOT NULL CHECK (kind IN ('relation', 'article', 'order')),
    key            TEXT NOT NULL,          -- relation code, article code, payment reference
    about          TEXT NOT NULL,          -- JSON: what tells ours from a stranger's with the same key
    party          TEXT NOT NULL DEFAULT '', -- relations: SHA-256 hex of the e-mail address
    started_at     INTEGER NOT NULL,
    outcome        TEXT CHECK (outcome IN ('done', 'none', 'lost')), -- lost: searched for long enough
    foreign_id     TEXT,
    ended_at       INTEGER
) STRICT;
CREATE INDEX intents_open ON intents (administration, kind, key) WHERE outcome IS NULL;
CREATE INDEX intents_order ON intents (order_id, id);
CREATE INDEX intents_party ON intents (administration, party, ended_at) WHERE kind = 'relation';

-- Searches for an intent's record that found nothing.
CREATE TABLE intent_searches (
    intent_id INTEGER NOT NULL REFERENCES intents (id),
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX intent_searches_intent ON intent_searches (intent_id, at);

-- How far a list of changes was read, and other moments a profile keeps.
CREATE TABLE cursors (
    profile TEXT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (profile, name)
) STRICT, WITHOUT ROWID;

-- What a person should look at, on an order that is in the books.
CREATE TABLE attention (
    id          INTEGER PRIMARY KEY,
    profile     TEXT NOT NULL,
    order_id    INTEGER NOT NULL REFERENCES orders (id),
    code        TEXT NOT NULL,
    text        TEXT NOT NULL,
    at          INTEGER NOT NULL,
    settled_at  INTEGER,
    settled_why TEXT
) STRICT;
CREATE INDEX attention_open ON attention (profile, order_id) WHERE settled_at IS NULL;
CREATE INDEX attention_order ON attention (order_id);

-- Runs, as reported.
CREATE TABLE runs (
    id      INTEGER PRIMARY KEY,
    profile TEXT NOT NULL,
    task    TEXT NOT NULL,
    started INTEGER NOT NULL,
    report  TEXT NOT NULL
) STRICT;
CREATE INDEX runs_profile ON runs (profile, id);

-- What was asked, answered and decided, per order. Never a secret.
CREATE TABLE log (
    id       INTEGER PRIMARY KEY,
    profile  TEXT NOT NULL,
    order_id INTEGER,
    at       INTEGER NOT NULL,
    kind     TEXT NOT NULL,
    text     TEXT NOT NULL,
    data     TEXT
) STRICT;
CREATE INDEX log_order ON log (order_id, id);
CREATE INDEX log_at ON log (at);
