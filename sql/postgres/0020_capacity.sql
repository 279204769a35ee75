-- How many sessions of which lines operators have at once, where that is not as the lines have it. The same as in sql/sqlite.
ALTER TABLE tenants ADD COLUMN capacity TEXT COLLATE "C" NOT NULL DEFAULT '{}';
