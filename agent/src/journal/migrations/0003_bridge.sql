-- 0003_bridge: the shop's side. Files uploaded, which shop answered, stock figures and writes.

-- This agent's own name towards bridges, made once.
CREATE TABLE installation (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  TEXT NOT NULL
) STRICT;

-- Every bridge file ever meant to be uploaded, committed before the upload begins.
CREATE TABLE bridge_uploads (
    id           INTEGER PRIMARY KEY,
    profile      TEXT NOT NULL,
    server       TEXT NOT NULL,              -- protocol://user@host:port
    path         TEXT NOT NULL,              -- on the server, folder and name
    url          TEXT NOT NULL,
    bridge_id    TEXT NOT NULL UNIQUE,
    key_id       TEXT NOT NULL,
    variant      TEXT NOT NULL,
    version      TEXT NOT NULL,
    template     TEXT NOT NULL,              -- SHA-256 hex of the embedded file
    settings     TEXT NOT NULL,              -- SHA-256 hex of everything baked in but keys and dates
    digest       TEXT NOT NULL,              -- SHA-256 hex of the file as uploaded
    end_date     INTEGER NOT NULL,           -- Unix seconds
    state        TEXT NOT NULL CHECK (state IN ('intended', 'uploaded', 'active', 'retired', 'gone')),
    intended_at  TEXT NOT NULL,
    active_since TEXT,
    gone_at      TEXT
) STRICT;
CREATE INDEX bridge_uploads_profile ON bridge_uploads (profile, state);
CREATE UNIQUE INDEX bridge_uploads_active ON bridge_uploads (profile) WHERE state = 'active';

-- Which shop answered when the file was proven: a change stops the profile.
CREATE TABLE bridge_known (
    bridge_id    TEXT PRIMARY KEY,
    host         TEXT NOT NULL,
    url          TEXT NOT NULL,
    database     TEXT NOT NULL,
    clock_offset INTEGER NOT NULL DEFAULT 0, -- server minus us, seconds
    checked_at   TEXT NOT NULL
) STRICT;

-- The books' stock figures as last read.
CREATE TABLE stock_figures (
    profile   TEXT NOT NULL,
    article   TEXT NOT NULL,
    code      TEXT NOT NULL,
    keeps     INTEGER NOT NULL,
    technical TEXT NOT NULL,
    free      TEXT NOT NULL,
    read_at   TEXT NOT NULL,
    PRIMARY KEY (profile, article)
) STRICT, WITHOUT ROWID;

-- Foreign calls spent on reading stock, to keep within their share of the hour.
CREATE TABLE stock_calls (
    administration TEXT NOT NULL,
    at             TEXT NOT NULL,
    calls          INTEGER NOT NULL
) STRICT;

-- What was written to the shop's stock, with what stood there before.
CREATE TABLE stock_writes (
    id          INTEGER PRIMARY KEY,
    profile     TEXT NOT NULL,
    at          TEXT NOT NULL,
    idempotency TEXT NOT NULL,
    key         TEXT NOT NULL,
    code        TEXT NOT NULL,
    read        TEXT NOT NULL,
    target      TEXT NOT NULL,
    outcome     TEXT,                        -- none until the shop answered
    before      TEXT,
    after       TEXT
) STRICT;
CREATE INDEX stock_writes_profile ON stock_writes (profile, id);
CREATE INDEX stock_writes_idempotency ON stock_writes (idempotency);
