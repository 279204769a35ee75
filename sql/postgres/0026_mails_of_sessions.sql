-- A mail tells of a message in a mailbox, or of what was written in a session. The same as in sql/sqlite.
ALTER TABLE mails RENAME COLUMN message_id TO id;
ALTER TABLE mails ALTER COLUMN mailbox_id DROP NOT NULL;
ALTER TABLE mails ADD COLUMN session_id TEXT COLLATE "C";
