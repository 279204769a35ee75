-- The widgets of the web chat, which stand in pages of other sites. The same table as in sql/sqlite.
CREATE TABLE widgets (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    group_id TEXT COLLATE "C" NOT NULL REFERENCES groups (id),
    enabled BIGINT NOT NULL,
    origins TEXT COLLATE "C" NOT NULL,
    settings TEXT COLLATE "C" NOT NULL,
    UNIQUE (tenant_id, name)
);
