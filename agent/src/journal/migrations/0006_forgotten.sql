-- 0006_forgotten: customers whose personal data was erased here while the books, which their owner
-- keeps himself, go on telling it.

-- Made once, so that a mark cannot be looked up in a list of hashes made elsewhere.
CREATE TABLE salt (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    value TEXT NOT NULL
) STRICT;
INSERT INTO salt (one, value) VALUES (1, lower(hex(randomblob(32))));

-- Relations of which the mirror keeps only what recognises them: id, code and these marks.
CREATE TABLE forgotten_relation (
    administration TEXT NOT NULL,
    relation       TEXT NOT NULL,
    marks          TEXT NOT NULL,             -- JSON: salted hashes of e-mail, postcode, VAT number
    PRIMARY KEY (administration, relation)
) STRICT, WITHOUT ROWID;
