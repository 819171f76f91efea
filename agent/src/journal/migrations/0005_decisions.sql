-- 0005_decisions: what the owner decides. For a total difference above his limit, order by order;
-- forgotten when the shop changes the order.
ALTER TABLE orders ADD COLUMN difference TEXT CHECK (difference IN ('discount', 'untaxed'));

-- Cost articles made for a profile outside any order, by the code they are found again by. No
-- outcome = nobody knows whether it was written.
CREATE TABLE made_articles (
    administration TEXT NOT NULL,
    code           TEXT NOT NULL,
    started_at     INTEGER NOT NULL,
    searched_at    INTEGER,               -- when a search since then first found nothing
    made_at        INTEGER,
    outcome        TEXT CHECK (outcome IN ('done', 'none', 'lost')),
    foreign_id     TEXT,
    PRIMARY KEY (administration, code)
) STRICT;

-- Prices by agreement or promotion as the books gave them; price NULL = the article's own holds.
CREATE TABLE books_price (
    administration TEXT NOT NULL,
    article        TEXT NOT NULL,
    relation       TEXT NOT NULL,          -- empty = a customer the books do not know yet
    quantity       TEXT NOT NULL,
    day            TEXT NOT NULL,
    price          TEXT,
    read_at        TEXT NOT NULL,
    PRIMARY KEY (administration, article, relation, quantity, day)
) STRICT;
CREATE INDEX books_price_age ON books_price (read_at);
