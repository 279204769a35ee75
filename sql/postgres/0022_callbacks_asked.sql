-- Callbacks that clients ask for in pages: not before a moment, by name, and by whom they are taken back. The same as in
-- sql/sqlite.
ALTER TABLE callbacks ADD COLUMN due_ms BIGINT;
ALTER TABLE callbacks ADD COLUMN client_name TEXT COLLATE "C";
ALTER TABLE callbacks ADD COLUMN asker TEXT COLLATE "C";
