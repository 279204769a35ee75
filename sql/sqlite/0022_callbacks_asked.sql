-- Callbacks that clients ask for in pages: not before a moment, by name, and by whom they are taken back. The same as in
-- sql/postgres.
ALTER TABLE callbacks ADD COLUMN due_ms INTEGER;
ALTER TABLE callbacks ADD COLUMN client_name TEXT;
ALTER TABLE callbacks ADD COLUMN asker TEXT;
