-- 0005_decisions: what the owner chose for a total difference above his limit, order by order;
-- forgotten when the shop changes the order.
ALTER TABLE orders ADD COLUMN difference TEXT CHECK (difference IN ('discount', 'untaxed'));
