-- The embedded Polar is another company's server: its tables are in a file of their own, and nothing of the platform
-- reads them except through Polar's HTTP API.
CREATE TABLE products (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  catalog TEXT NOT NULL,
  plan TEXT NOT NULL,
  price_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  recurring_interval TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  UNIQUE (catalog, plan)
) STRICT;

CREATE TABLE customers (
  id TEXT PRIMARY KEY,
  external_id TEXT NOT NULL UNIQUE,
  email TEXT NOT NULL,
  name TEXT,
  -- What a downgrade credited; the next invoices use it up.
  credit_cents INTEGER NOT NULL DEFAULT 0 CHECK (credit_cents >= 0),
  card_id TEXT,
  card_brand TEXT,
  card_last4 TEXT,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE checkouts (
  id TEXT PRIMARY KEY,
  client_secret TEXT NOT NULL UNIQUE,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  product_id TEXT NOT NULL REFERENCES products (id),
  status TEXT NOT NULL CHECK (status IN ('open', 'expired', 'confirmed', 'succeeded', 'failed')),
  amount_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  success_url TEXT NOT NULL,
  return_url TEXT,
  metadata TEXT NOT NULL,
  subscription_id TEXT,
  -- Set with `confirmed`: when the payment has gone through.
  settles_at INTEGER,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX checkouts_moving ON checkouts (status) WHERE status IN ('open', 'confirmed');

CREATE TABLE payments (
  id TEXT PRIMARY KEY,
  checkout_id TEXT,
  order_id TEXT,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  status TEXT NOT NULL CHECK (status IN ('succeeded', 'failed')),
  amount_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  card_brand TEXT NOT NULL,
  card_last4 TEXT NOT NULL,
  decline_reason TEXT,
  decline_message TEXT,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX payments_by_checkout ON payments (checkout_id, created_at);

CREATE TABLE subscriptions (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  product_id TEXT NOT NULL REFERENCES products (id),
  checkout_id TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'canceled')),
  anchor_at INTEGER NOT NULL,
  current_period_start INTEGER NOT NULL,
  current_period_end INTEGER NOT NULL,
  cancel_at_period_end INTEGER NOT NULL DEFAULT 0,
  -- A change to a smaller plan, in force from the next period on.
  pending_product_id TEXT REFERENCES products (id),
  canceled_at INTEGER,
  started_at INTEGER NOT NULL,
  ended_at INTEGER
) STRICT;
-- A customer has one subscription at a time; a second checkout would make a second one.
CREATE UNIQUE INDEX subscriptions_active ON subscriptions (customer_id) WHERE status = 'active';
CREATE INDEX subscriptions_by_end ON subscriptions (current_period_end) WHERE status = 'active';

CREATE TABLE orders (
  id TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  product_id TEXT NOT NULL REFERENCES products (id),
  subscription_id TEXT REFERENCES subscriptions (id),
  checkout_id TEXT,
  status TEXT NOT NULL,
  billing_reason TEXT NOT NULL,
  -- JSON: [{ "label", "amount_cents" }]; their sum is `amount_cents`.
  items TEXT NOT NULL,
  amount_cents INTEGER NOT NULL,
  -- Credit of the customer that this order used (positive) or gave (negative).
  applied_credit_cents INTEGER NOT NULL,
  due_cents INTEGER NOT NULL,
  currency TEXT NOT NULL,
  invoice_number TEXT NOT NULL UNIQUE,
  is_invoice_generated INTEGER NOT NULL DEFAULT 0,
  description TEXT NOT NULL,
  period_start INTEGER NOT NULL,
  period_end INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX orders_by_customer ON orders (customer_id, created_at);

CREATE TABLE customer_sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  return_url TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE webhook_endpoint (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  failures_in_a_row INTEGER NOT NULL DEFAULT 0,
  disabled_at INTEGER
) STRICT;
INSERT INTO webhook_endpoint (only) VALUES (1);

CREATE TABLE webhook_deliveries (
  id TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  body TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  -- Null: delivered or given up.
  next_at INTEGER,
  delivered_at INTEGER,
  last_status INTEGER,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_at) WHERE next_at IS NOT NULL;
