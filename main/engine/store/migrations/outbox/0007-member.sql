-- Who is signed in, by the platform's id: two members may have one name and one role. Null: not asked since this column came.
ALTER TABLE workspaces ADD COLUMN member_id TEXT;
