-- 0012_agreed: what the owner saw when he agreed to a credit, of what it was written, and what may be
-- written anew.

-- Digest of the refund as it was shown to the owner, and as it was written.
ALTER TABLE credits ADD COLUMN seen TEXT;
ALTER TABLE credits ADD COLUMN content TEXT;

-- Its sales order was deleted from the books on the owner's yes, or found gone: should the shop
-- restore the order, the owner may have it written anew, once.
ALTER TABLE orders ADD COLUMN deleted_from_books INTEGER NOT NULL DEFAULT 0;

-- The owner himself looked at it: it only comes back with a change that matters.
ALTER TABLE attention ADD COLUMN by_owner INTEGER NOT NULL DEFAULT 0;
