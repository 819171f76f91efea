-- 0002_mirror: what the books hold, as last read; and how often they were called.

-- Which administration a profile writes to: kept at first contact, compared ever after.
CREATE TABLE books_profile (
    profile        TEXT PRIMARY KEY,
    administration TEXT NOT NULL
) STRICT;

-- The administration itself, its small lists, and how far each kind of record was read.
CREATE TABLE books_mirror (
    administration TEXT PRIMARY KEY,
    company        TEXT NOT NULL,             -- JSON
    lookups        TEXT,                      -- JSON
    lookups_at     TEXT,
    negative_lines TEXT,                      -- JSON: what was refused so far
    text_lines     TEXT
) STRICT;

CREATE TABLE books_progress (
    administration TEXT NOT NULL,
    kind           TEXT NOT NULL,             -- articles, relations, orders
    changed_from   TEXT,                      -- start of the latest finished read
    whole_at       TEXT,                      -- start of the latest finished whole read
    generation     INTEGER NOT NULL DEFAULT 0,-- whole reads begun
    whole_begun    TEXT,                      -- start of a whole read that is going on
    whole_rows     INTEGER NOT NULL DEFAULT 0,-- rows of it that are in already
    PRIMARY KEY (administration, kind)
) STRICT;

-- `generation`: the whole read that saw it last. `written_at`: when we wrote it ourselves.
CREATE TABLE books_article (
    administration TEXT NOT NULL,
    id             TEXT NOT NULL,
    code           TEXT NOT NULL,
    keeps_stock    INTEGER NOT NULL,
    record         TEXT NOT NULL,             -- JSON
    read_at        TEXT NOT NULL,             -- the stock figures' age
    generation     INTEGER NOT NULL,
    written_at     TEXT,
    PRIMARY KEY (administration, id)
) STRICT;
CREATE INDEX books_article_code ON books_article (administration, code);

CREATE TABLE books_relation (
    administration TEXT NOT NULL,
    id             TEXT NOT NULL,
    code           INTEGER NOT NULL,
    is_customer    INTEGER NOT NULL,
    record         TEXT NOT NULL,             -- JSON
    generation     INTEGER NOT NULL,
    written_at     TEXT,
    PRIMARY KEY (administration, id)
) STRICT;
CREATE INDEX books_relation_code ON books_relation (administration, code);

-- One row an address: SnelStart keeps several in one field.
CREATE TABLE books_email (
    administration TEXT NOT NULL,
    email          TEXT NOT NULL,             -- lower case, without space
    relation       TEXT NOT NULL,
    PRIMARY KEY (administration, email, relation)
) STRICT, WITHOUT ROWID;
CREATE INDEX books_email_relation ON books_email (administration, relation);

CREATE TABLE books_order (
    administration TEXT NOT NULL,
    id             TEXT NOT NULL,
    reference      TEXT NOT NULL,             -- payment reference, trimmed
    relation       TEXT NOT NULL,
    record         TEXT NOT NULL,             -- JSON
    generation     INTEGER NOT NULL,
    written_at     TEXT,
    PRIMARY KEY (administration, id)
) STRICT;
CREATE INDEX books_order_reference ON books_order (administration, reference);
CREATE INDEX books_order_relation ON books_order (administration, relation);

-- Calls made, by limiter (administration and subscription key), process and slot of the hour.
CREATE TABLE books_calls (
    limiter TEXT NOT NULL,
    process TEXT NOT NULL,
    slot    INTEGER NOT NULL,
    calls   INTEGER NOT NULL,
    PRIMARY KEY (limiter, process, slot)
) STRICT;

-- Smaller allowances learned from refusals.
CREATE TABLE books_rates (
    limiter    TEXT PRIMARY KEY,
    rates      TEXT NOT NULL,                 -- JSON
    learned_at TEXT NOT NULL
) STRICT;
