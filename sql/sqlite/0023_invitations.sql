-- What brings a client to the operator who invited them: a key, of which only a hash is kept, or six digits. The same as in
-- sql/postgres.
CREATE TABLE invitations (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    operator_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    widget_id TEXT NOT NULL REFERENCES widgets (id) ON DELETE CASCADE,
    key_hash TEXT NOT NULL UNIQUE,
    code TEXT NOT NULL,
    kind TEXT NOT NULL,
    note TEXT NOT NULL,
    made_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    revoked_ms INTEGER,
    uses INTEGER NOT NULL,
    used_ms INTEGER
);
CREATE INDEX invitations_by_code ON invitations (tenant_id, code);
CREATE INDEX invitations_by_operator ON invitations (operator_id, id);
