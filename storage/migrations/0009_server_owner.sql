-- Who operates the server itself. A right of the person, of no organisation; the owner that the first
-- start made has it.
ALTER TABLE users ADD COLUMN owns_server INTEGER NOT NULL DEFAULT 0;
UPDATE users SET owns_server = 1
  WHERE id IN (SELECT user_id FROM user_addresses WHERE folded = 'owner@localhost');
