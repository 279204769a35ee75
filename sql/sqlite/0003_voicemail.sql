-- The same tables as in sql/postgres. A message's sound is a file named by its id.
CREATE TABLE mailboxes (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    number TEXT,
    user_id TEXT UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    group_id TEXT UNIQUE REFERENCES groups (id) ON DELETE CASCADE,
    pin_hash TEXT,
    greeting TEXT NOT NULL,
    own_greeting INTEGER NOT NULL,
    max_message_ms INTEGER NOT NULL,
    message_limit INTEGER NOT NULL,
    keep_days INTEGER,
    wrong_pins INTEGER NOT NULL DEFAULT 0,
    locked_until_ms INTEGER NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, name),
    UNIQUE (company_id, number)
);

CREATE TABLE messages (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL,
    mailbox_id TEXT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    session_id TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_name TEXT,
    at_ms INTEGER NOT NULL,
    length_ms INTEGER NOT NULL,
    heard INTEGER NOT NULL
);
CREATE INDEX messages_by_mailbox ON messages (mailbox_id, id);
