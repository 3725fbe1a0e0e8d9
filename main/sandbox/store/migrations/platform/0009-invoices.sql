-- Invoices: one for each order at the payment provider, with what the period before used beyond the plan.
CREATE TABLE invoices (
  -- The order's id.
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id),
  number TEXT NOT NULL,
  -- As the payment provider has it; what people read is made of this and the due date.
  order_status TEXT NOT NULL CHECK (order_status IN ('pending', 'paid', 'refunded', 'partially_refunded', 'void')),
  period_start INTEGER NOT NULL,
  period_end INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  currency TEXT NOT NULL,
  description TEXT NOT NULL,
  -- Id of the way to pay at the time of issue; null: the catalog names none.
  payment_method TEXT,
  -- JSON: what was bought beforehand, and what was used beyond the plan.
  plan_lines TEXT NOT NULL,
  usage_lines TEXT NOT NULL,
  -- Where this order renews a subscription: the end of the period whose use is on it.
  closes_at INTEGER
) STRICT;
CREATE INDEX invoices_by_workspace ON invoices (workspace_id, issued_at);
-- Pending ones become overdue with time alone.
CREATE INDEX invoices_pending ON invoices (due_at) WHERE order_status = 'pending';
