-- The widgets of the web chat, which stand in pages of other sites. The same table as in sql/postgres.
CREATE TABLE widgets (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    group_id TEXT NOT NULL REFERENCES groups (id),
    enabled INTEGER NOT NULL,
    origins TEXT NOT NULL,
    settings TEXT NOT NULL,
    UNIQUE (tenant_id, name)
);
