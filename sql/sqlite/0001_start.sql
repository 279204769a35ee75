-- Ids are UUIDs as text, times milliseconds since 1970 UTC, flags 0 or 1, lists JSON.
-- The same tables as in sql/postgres.
CREATE TABLE companies (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    realm TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL
);

CREATE TABLE tenants (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    display TEXT NOT NULL,
    language TEXT NOT NULL,
    timezone TEXT NOT NULL,
    UNIQUE (company_id, name)
);

CREATE TABLE numbers (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    number TEXT NOT NULL,
    short TEXT,
    label TEXT NOT NULL,
    UNIQUE (company_id, number),
    UNIQUE (company_id, short)
);

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    name TEXT NOT NULL,
    display TEXT NOT NULL,
    extension TEXT,
    administrator INTEGER NOT NULL,
    password_hash TEXT,
    UNIQUE (company_id, name),
    UNIQUE (company_id, extension)
);

CREATE TABLE user_roles (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    role TEXT NOT NULL,
    PRIMARY KEY (user_id, tenant_id)
);
CREATE INDEX user_roles_by_tenant ON user_roles (tenant_id);

CREATE TABLE devices (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    username TEXT NOT NULL,
    label TEXT NOT NULL,
    realm TEXT NOT NULL,
    ha1_md5 TEXT NOT NULL,
    ha1_sha256 TEXT NOT NULL,
    UNIQUE (company_id, username)
);
CREATE INDEX devices_by_user ON devices (user_id);

CREATE TABLE groups (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    display TEXT NOT NULL,
    strategy TEXT NOT NULL,
    offer_for_ms INTEGER NOT NULL,
    misses_allowed INTEGER NOT NULL,
    after_call_work_ms INTEGER NOT NULL,
    queue_limit INTEGER,
    max_wait_ms INTEGER,
    UNIQUE (tenant_id, name)
);

CREATE TABLE group_members (
    group_id TEXT NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_by_user ON group_members (user_id);

CREATE TABLE trunks (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT REFERENCES tenants (id),
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    transport TEXT NOT NULL,
    username TEXT,
    password TEXT,
    prefixes TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    UNIQUE (company_id, name)
);

CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT REFERENCES tenants (id),
    name TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    expires_at_ms INTEGER,
    UNIQUE (company_id, name)
);

-- History outlives what it speaks of: sessions and events do not reference users, groups or tenants.
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    kind TEXT NOT NULL,
    direction TEXT NOT NULL,
    line TEXT NOT NULL,
    caller TEXT NOT NULL,
    caller_name TEXT,
    dialled TEXT NOT NULL,
    group_id TEXT,
    operator_id TEXT,
    keys_pressed TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    answered_at_ms INTEGER,
    ended_at_ms INTEGER,
    waiting_ms INTEGER NOT NULL,
    talk_ms INTEGER NOT NULL,
    end_cause TEXT,
    parameters TEXT NOT NULL
);
CREATE INDEX sessions_by_age ON sessions (company_id, id);
CREATE INDEX sessions_live ON sessions (company_id, id) WHERE ended_at_ms IS NULL;
CREATE INDEX sessions_by_operator ON sessions (operator_id, id);

CREATE TABLE events (
    session_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    at_ms INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (session_id, seq)
) WITHOUT ROWID;

CREATE TABLE registrations (
    device_id TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    uri TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id),
    transport TEXT NOT NULL,
    local_addr TEXT NOT NULL,
    remote_addr TEXT NOT NULL,
    connection_bound INTEGER NOT NULL,
    instance TEXT,
    reg_id INTEGER,
    user_agent TEXT,
    expires_at_ms INTEGER NOT NULL,
    call_id TEXT NOT NULL,
    cseq INTEGER NOT NULL,
    q_milli INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (device_id, uri)
);

CREATE TABLE operator_statuses (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    company_id TEXT NOT NULL REFERENCES companies (id),
    status TEXT NOT NULL,
    reason TEXT,
    since_ms INTEGER NOT NULL
);
