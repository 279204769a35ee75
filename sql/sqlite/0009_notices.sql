-- External contacts, mails to the owners of mailboxes, and calls that nobody took. The same tables as in sql/postgres.
CREATE TABLE external_contacts (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    organisation TEXT NOT NULL,
    numbers TEXT NOT NULL,
    note TEXT NOT NULL,
    -- What a search looks through, in small letters.
    searched TEXT NOT NULL,
    UNIQUE (tenant_id, name)
);

ALTER TABLE mailboxes ADD COLUMN email TEXT;
ALTER TABLE mailboxes ADD COLUMN email_sound INTEGER NOT NULL DEFAULT 1;
ALTER TABLE mailboxes ADD COLUMN email_delete INTEGER NOT NULL DEFAULT 0;

-- One for each message at most. It may outlive its message and its mailbox.
CREATE TABLE mails (
    message_id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL,
    mailbox_id TEXT NOT NULL,
    recipient TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at_ms INTEGER,
    last_at_ms INTEGER,
    last_error TEXT
);
CREATE INDEX mails_due ON mails (company_id, next_at_ms) WHERE state = 'waiting';

-- Whom a session called by name, not by a queue: names of operators, numbers outside. A list.
ALTER TABLE sessions ADD COLUMN called TEXT NOT NULL DEFAULT '[]';

-- History outlives what it speaks of. The id is that of the first session.
CREATE TABLE missed_calls (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL,
    client TEXT NOT NULL,
    client_name TEXT,
    operators TEXT NOT NULL,
    groups_waited TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    first_at_ms INTEGER NOT NULL,
    last_at_ms INTEGER NOT NULL,
    waited_ms INTEGER NOT NULL,
    session_id TEXT NOT NULL,
    state TEXT NOT NULL,
    closed_at_ms INTEGER,
    closed_by TEXT,
    closed_session TEXT
);
CREATE UNIQUE INDEX missed_calls_open ON missed_calls (company_id, client, tenant_id) WHERE state = 'open';
CREATE INDEX missed_calls_by_age ON missed_calls (company_id, id);
