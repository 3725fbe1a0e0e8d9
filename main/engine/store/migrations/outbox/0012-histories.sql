-- The device as which a delivered envelope was pushed ("name"); null: the one whose summary says `first`.
ALTER TABLE item ADD COLUMN pushed_as INTEGER;
ALTER TABLE archive ADD COLUMN pushed_as INTEGER;

-- What the ids that were answered `stored` or `duplicate` come to, by device: how many, and the sum of SHA-256(id) mod 2^256 in hex.
-- The platform keeps the same, so both can tell that something is missing without a list.
CREATE TABLE id_summary (
  workspace INTEGER NOT NULL,
  device    INTEGER NOT NULL,
  count     INTEGER NOT NULL,
  sum       TEXT NOT NULL,
  -- 1: what was delivered before devices were noted is its.
  first     INTEGER NOT NULL CHECK (first IN (0, 1)),
  PRIMARY KEY (workspace, device)
) STRICT, WITHOUT ROWID;

INSERT OR IGNORE INTO name (text) SELECT id FROM device_identity UNION SELECT device_id FROM workspaces WHERE device_id IS NOT NULL;
INSERT INTO id_summary (workspace, device, count, sum, first)
SELECT delivered.workspace, device.no, count(*),
  id_sum(lower(substr(delivered.id, 1, 8) || '-' || substr(delivered.id, 9, 4) || '-' || substr(delivered.id, 13, 4) || '-' || substr(delivered.id, 17, 4) || '-' || substr(delivered.id, 21))),
  1
FROM (
  SELECT item_group.workspace, hex(item.id) AS id FROM item JOIN item_group ON item_group.no = item.group_no
  WHERE item_group.kind = 0 AND item_group.state = 5 AND item.push_no IS NOT NULL
  UNION ALL
  SELECT workspace, hex(id) FROM archive WHERE own = 1
) AS delivered
JOIN name AS account ON account.no = delivered.workspace
JOIN name AS device ON device.text = ifnull((SELECT device_id FROM workspaces WHERE workspaces.id = account.text), (SELECT id FROM device_identity))
GROUP BY delivered.workspace;

-- Which platform an account is on, wherever that is reached; null: it has not said so yet, or never does, and its address stands for it.
ALTER TABLE workspaces ADD COLUMN platform TEXT;
