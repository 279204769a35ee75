-- A mail tells of a message in a mailbox, or of what was written in a session. The same as in sql/postgres.
CREATE TABLE mails_of_both (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL,
    mailbox_id TEXT,
    session_id TEXT,
    recipient TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at_ms INTEGER,
    last_at_ms INTEGER,
    last_error TEXT
);
INSERT INTO mails_of_both
SELECT message_id, company_id, tenant_id, mailbox_id, NULL, recipient, created_at_ms, state, attempts, next_at_ms, last_at_ms, last_error
FROM mails;
DROP TABLE mails;
ALTER TABLE mails_of_both RENAME TO mails;
CREATE INDEX mails_due ON mails (company_id, next_at_ms) WHERE state = 'waiting';
