-- The same tables as in sql/sqlite. A message's sound is a file named by its id.
CREATE TABLE mailboxes (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C",
    user_id TEXT COLLATE "C" UNIQUE REFERENCES users (id) ON DELETE CASCADE,
    group_id TEXT COLLATE "C" UNIQUE REFERENCES groups (id) ON DELETE CASCADE,
    pin_hash TEXT COLLATE "C",
    greeting TEXT COLLATE "C" NOT NULL,
    own_greeting BIGINT NOT NULL,
    max_message_ms BIGINT NOT NULL,
    message_limit BIGINT NOT NULL,
    keep_days BIGINT,
    wrong_pins BIGINT NOT NULL DEFAULT 0,
    locked_until_ms BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant_id, name),
    UNIQUE (company_id, number)
);

CREATE TABLE messages (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL,
    mailbox_id TEXT COLLATE "C" NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    session_id TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    caller_name TEXT COLLATE "C",
    at_ms BIGINT NOT NULL,
    length_ms BIGINT NOT NULL,
    heard BIGINT NOT NULL
);
CREATE INDEX messages_by_mailbox ON messages (mailbox_id, id);
