-- What dialplans leave behind: marks of sessions, switches, and what other programs are to be told.
ALTER TABLE sessions ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

CREATE TABLE switches (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id),
    is_on INTEGER NOT NULL,
    turned_by TEXT,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- History outlives what it speaks of: webhooks do not reference sessions or tenants.
CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    session_id TEXT,
    event TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at_ms INTEGER,
    last_at_ms INTEGER,
    last_status INTEGER,
    last_error TEXT
);
CREATE INDEX webhooks_by_age ON webhooks (company_id, id);
CREATE INDEX webhooks_due ON webhooks (company_id, next_at_ms) WHERE state = 'waiting';
