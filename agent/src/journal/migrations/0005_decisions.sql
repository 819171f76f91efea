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
