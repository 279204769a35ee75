-- How many sessions of which lines operators have at once, where that is not as the lines have it. The same as in sql/postgres.
ALTER TABLE tenants ADD COLUMN capacity TEXT NOT NULL DEFAULT '{}';
