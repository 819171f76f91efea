-- 0009_customers: what buyers are recognised by beside their e-mail address, and what their owner
-- said of them by hand.

-- Texts by which relations of the mirror are found: vat:…, kvk:…, phone:…, place:…
CREATE TABLE books_mark (
    administration TEXT NOT NULL,
    mark           TEXT NOT NULL,
    relation       TEXT NOT NULL,
    PRIMARY KEY (administration, mark, relation)
) STRICT, WITHOUT ROWID;
CREATE INDEX books_mark_relation ON books_mark (administration, relation);

-- Fields of articles other than the code, by which a shop's code may be found.
CREATE TABLE books_article_field (
    administration TEXT NOT NULL,
    field          TEXT NOT NULL,             -- lower case
    value          TEXT NOT NULL,
    article        TEXT NOT NULL,
    PRIMARY KEY (administration, field, value, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX books_article_field_article ON books_article_field (administration, article);

-- They are filled by reading everything once more.
UPDATE books_progress SET whole_at = NULL, whole_begun = NULL
    WHERE kind IN ('relations', 'articles');

-- A buyer of a shop and the relation its owner linked him to; without a relation: a new one.
CREATE TABLE customer_links (
    profile        TEXT NOT NULL,
    buyer          TEXT NOT NULL,             -- account:<id>, guest:<hash> or order:<shop id>
    administration TEXT NOT NULL,
    relation       TEXT,
    code           INTEGER,
    linked_at      INTEGER NOT NULL,
    PRIMARY KEY (profile, buyer)
) STRICT, WITHOUT ROWID;

-- Products of a shop, where settings look at them: as last read, without stock figures.
CREATE TABLE shop_product (
    profile        TEXT NOT NULL,
    id             TEXT NOT NULL,
    record         TEXT NOT NULL,             -- JSON
    PRIMARY KEY (profile, id)
) STRICT, WITHOUT ROWID;
