-- Clients who were promised a call: one row a promise, open or not. Terms and state are JSON. The group and the session
-- in which it was asked for may be gone.
CREATE TABLE callbacks (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    group_id TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    priority BIGINT NOT NULL,
    since_ms BIGINT NOT NULL,
    made_ms BIGINT NOT NULL,
    session_id TEXT COLLATE "C",
    tries BIGINT NOT NULL,
    is_open BIGINT NOT NULL,
    terms TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL
);
CREATE INDEX callbacks_by_state ON callbacks (is_open, id);
