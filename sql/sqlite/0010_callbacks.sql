-- Clients who were promised a call: one row a promise, open or not. Terms and state are JSON. The group and the session
-- in which it was asked for may be gone.
CREATE TABLE callbacks (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    group_id TEXT NOT NULL,
    number TEXT NOT NULL,
    priority INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    made_ms INTEGER NOT NULL,
    session_id TEXT,
    tries INTEGER NOT NULL,
    is_open INTEGER NOT NULL,
    terms TEXT NOT NULL,
    state TEXT NOT NULL
);
CREATE INDEX callbacks_by_state ON callbacks (is_open, id);
