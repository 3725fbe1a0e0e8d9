-- What a product bills by the unit: a JSON list of { "meter", "name", "cents", "per" }.
ALTER TABLE products ADD COLUMN metered_prices TEXT NOT NULL DEFAULT '[]';

-- Events of metered use. An id that was taken once is dropped when it comes again.
CREATE TABLE events (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  external_id TEXT NOT NULL UNIQUE,
  meter TEXT NOT NULL,
  units INTEGER NOT NULL,
  -- As the sender wrote it, epoch ms.
  at INTEGER NOT NULL,
  -- The order that bills it; null: the next one does.
  order_id TEXT
) STRICT;
CREATE INDEX events_unbilled ON events (customer_id, at) WHERE order_id IS NULL;
