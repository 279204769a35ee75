-- What dialplans leave behind: marks of sessions, switches, and what other programs are to be told.
ALTER TABLE sessions ADD COLUMN tags TEXT COLLATE "C" NOT NULL DEFAULT '[]';

CREATE TABLE switches (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    is_on BIGINT NOT NULL,
    turned_by TEXT COLLATE "C",
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- History outlives what it speaks of: webhooks do not reference sessions or tenants.
CREATE TABLE webhooks (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    session_id TEXT COLLATE "C",
    event TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    next_at_ms BIGINT,
    last_at_ms BIGINT,
    last_status BIGINT,
    last_error TEXT COLLATE "C"
);
CREATE INDEX webhooks_by_age ON webhooks (company_id, id);
CREATE INDEX webhooks_due ON webhooks (company_id, next_at_ms) WHERE state = 'waiting';
