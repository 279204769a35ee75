-- External contacts, mails to the owners of mailboxes, and calls that nobody took. The same tables as in sql/sqlite.
CREATE TABLE external_contacts (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    numbers TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    -- What a search looks through, in small letters.
    searched TEXT COLLATE "C" NOT NULL,
    UNIQUE (tenant_id, name)
);

ALTER TABLE mailboxes ADD COLUMN email TEXT COLLATE "C";
ALTER TABLE mailboxes ADD COLUMN email_sound BIGINT NOT NULL DEFAULT 1;
ALTER TABLE mailboxes ADD COLUMN email_delete BIGINT NOT NULL DEFAULT 0;

-- One for each message at most. It may outlive its message and its mailbox.
CREATE TABLE mails (
    message_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL,
    mailbox_id TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    next_at_ms BIGINT,
    last_at_ms BIGINT,
    last_error TEXT COLLATE "C"
);
CREATE INDEX mails_due ON mails (company_id, next_at_ms) WHERE state = 'waiting';

-- Whom a session called by name, not by a queue: names of operators, numbers outside. A list.
ALTER TABLE sessions ADD COLUMN called TEXT COLLATE "C" NOT NULL DEFAULT '[]';

-- History outlives what it speaks of. The id is that of the first session.
CREATE TABLE missed_calls (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL,
    client TEXT COLLATE "C" NOT NULL,
    client_name TEXT COLLATE "C",
    operators TEXT COLLATE "C" NOT NULL,
    groups_waited TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    first_at_ms BIGINT NOT NULL,
    last_at_ms BIGINT NOT NULL,
    waited_ms BIGINT NOT NULL,
    session_id TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    closed_at_ms BIGINT,
    closed_by TEXT COLLATE "C",
    closed_session TEXT COLLATE "C"
);
CREATE UNIQUE INDEX missed_calls_open ON missed_calls (company_id, client, tenant_id) WHERE state = 'open';
CREATE INDEX missed_calls_by_age ON missed_calls (company_id, id);
