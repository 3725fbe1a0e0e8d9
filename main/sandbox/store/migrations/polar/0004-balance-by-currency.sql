-- A customer's balance is what the orders of a currency have left: one number for all currencies paid euros with dollars.
ALTER TABLE customers DROP COLUMN credit_cents;
CREATE INDEX orders_by_customer_and_currency ON orders (customer_id, currency, applied_credit_cents);
