-- 0015_product_codes: products are found by their code too: a line may name the product of a variant, or
-- none.

CREATE INDEX shop_product_code ON shop_product (profile, json_extract(record, '$.code'));
