-- What a plan without a list price costs this customer for one interval, in minor units of the plan's currency; null: nobody has agreed on one.
ALTER TABLE workspaces ADD COLUMN agreed_price_cents INTEGER CHECK (agreed_price_cents >= 0);
