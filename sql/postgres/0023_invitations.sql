-- What brings a client to the operator who invited them: a key, of which only a hash is kept, or six digits. The same as in
-- sql/sqlite.
CREATE TABLE invitations (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    operator_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    widget_id TEXT COLLATE "C" NOT NULL REFERENCES widgets (id) ON DELETE CASCADE,
    key_hash TEXT COLLATE "C" NOT NULL UNIQUE,
    code TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    made_ms BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL,
    revoked_ms BIGINT,
    uses BIGINT NOT NULL,
    used_ms BIGINT
);
CREATE INDEX invitations_by_code ON invitations (tenant_id, code);
CREATE INDEX invitations_by_operator ON invitations (operator_id, id);
