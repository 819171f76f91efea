-- 0007_keys: host keys and certificates of servers that the owner trusted himself.

CREATE TABLE trusted_keys (
    place       TEXT PRIMARY KEY,   -- protocol://host:port
    fingerprint TEXT NOT NULL,      -- SHA256:… of the host key or the certificate
    trusted_at  TEXT NOT NULL
) STRICT, WITHOUT ROWID;
