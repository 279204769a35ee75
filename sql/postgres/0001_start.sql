-- Ids are UUIDs as text, times milliseconds since 1970 UTC, flags 0 or 1, lists JSON.
-- The same tables as in sql/sqlite; COLLATE "C" orders as SQLite does.
CREATE TABLE companies (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    realm TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL
);

CREATE TABLE tenants (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    name TEXT COLLATE "C" NOT NULL,
    display TEXT COLLATE "C" NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    timezone TEXT COLLATE "C" NOT NULL,
    UNIQUE (company_id, name)
);

CREATE TABLE numbers (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    number TEXT COLLATE "C" NOT NULL,
    short TEXT COLLATE "C",
    label TEXT COLLATE "C" NOT NULL,
    UNIQUE (company_id, number),
    UNIQUE (company_id, short)
);

CREATE TABLE users (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    name TEXT COLLATE "C" NOT NULL,
    display TEXT COLLATE "C" NOT NULL,
    extension TEXT COLLATE "C",
    administrator BIGINT NOT NULL,
    password_hash TEXT COLLATE "C",
    UNIQUE (company_id, name),
    UNIQUE (company_id, extension)
);

CREATE TABLE user_roles (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    role TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (user_id, tenant_id)
);
CREATE INDEX user_roles_by_tenant ON user_roles (tenant_id);

CREATE TABLE devices (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    username TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    realm TEXT COLLATE "C" NOT NULL,
    ha1_md5 TEXT COLLATE "C" NOT NULL,
    ha1_sha256 TEXT COLLATE "C" NOT NULL,
    UNIQUE (company_id, username)
);
CREATE INDEX devices_by_user ON devices (user_id);

CREATE TABLE groups (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    display TEXT COLLATE "C" NOT NULL,
    strategy TEXT COLLATE "C" NOT NULL,
    offer_for_ms BIGINT NOT NULL,
    misses_allowed BIGINT NOT NULL,
    after_call_work_ms BIGINT NOT NULL,
    queue_limit BIGINT,
    max_wait_ms BIGINT,
    UNIQUE (tenant_id, name)
);

CREATE TABLE group_members (
    group_id TEXT COLLATE "C" NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_by_user ON group_members (user_id);

CREATE TABLE trunks (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    host TEXT COLLATE "C" NOT NULL,
    port BIGINT NOT NULL,
    transport TEXT COLLATE "C" NOT NULL,
    username TEXT COLLATE "C",
    password TEXT COLLATE "C",
    prefixes TEXT COLLATE "C" NOT NULL,
    enabled BIGINT NOT NULL,
    UNIQUE (company_id, name)
);

CREATE TABLE tokens (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL UNIQUE,
    created_at_ms BIGINT NOT NULL,
    expires_at_ms BIGINT,
    UNIQUE (company_id, name)
);

-- History outlives what it speaks of: sessions and events do not reference users, groups or tenants.
CREATE TABLE sessions (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    kind TEXT COLLATE "C" NOT NULL,
    direction TEXT COLLATE "C" NOT NULL,
    line TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    caller_name TEXT COLLATE "C",
    dialled TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C",
    operator_id TEXT COLLATE "C",
    keys_pressed TEXT COLLATE "C" NOT NULL,
    started_at_ms BIGINT NOT NULL,
    answered_at_ms BIGINT,
    ended_at_ms BIGINT,
    waiting_ms BIGINT NOT NULL,
    talk_ms BIGINT NOT NULL,
    end_cause TEXT COLLATE "C",
    parameters TEXT COLLATE "C" NOT NULL
);
CREATE INDEX sessions_by_age ON sessions (company_id, id);
CREATE INDEX sessions_live ON sessions (company_id, id) WHERE ended_at_ms IS NULL;
CREATE INDEX sessions_by_operator ON sessions (operator_id, id);

CREATE TABLE events (
    session_id TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    at_ms BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (session_id, seq)
);

CREATE TABLE registrations (
    device_id TEXT COLLATE "C" NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    uri TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    transport TEXT COLLATE "C" NOT NULL,
    local_addr TEXT COLLATE "C" NOT NULL,
    remote_addr TEXT COLLATE "C" NOT NULL,
    connection_bound BIGINT NOT NULL,
    instance TEXT COLLATE "C",
    reg_id BIGINT,
    user_agent TEXT COLLATE "C",
    expires_at_ms BIGINT NOT NULL,
    call_id TEXT COLLATE "C" NOT NULL,
    cseq BIGINT NOT NULL,
    q_milli BIGINT NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (device_id, uri)
);

CREATE TABLE operator_statuses (
    user_id TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    status TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C",
    since_ms BIGINT NOT NULL
);
