-- What is sold besides plans: boosters at a price, and top-ups for which the buyer names the amount. `plan` is the name of
-- what the product sells, unique within a catalog.
ALTER TABLE products ADD COLUMN kind TEXT NOT NULL DEFAULT 'plan' CHECK (kind IN ('plan', 'booster', 'top_up'));
-- Price of one more seat for one interval; null: this product sells no seats.
ALTER TABLE products ADD COLUMN seat_price_cents INTEGER;
-- Seats bought on top of the plan's own.
ALTER TABLE subscriptions ADD COLUMN seats INTEGER NOT NULL DEFAULT 0;
