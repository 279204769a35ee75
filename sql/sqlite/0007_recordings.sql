-- What is recorded: rules of groups and numbers as JSON, where NULL says nothing, and whether a tenant records at all.
-- A recording's files are named by its id.
ALTER TABLE groups ADD COLUMN recording TEXT;
ALTER TABLE numbers ADD COLUMN recording TEXT;
ALTER TABLE tenants ADD COLUMN recording INTEGER NOT NULL DEFAULT 1;

CREATE TABLE recordings (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    session_id TEXT NOT NULL,
    layout TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    length_ms INTEGER NOT NULL,
    incomplete_ms INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    remove_after_ms INTEGER
);
CREATE INDEX recordings_by_session ON recordings (session_id, id);
CREATE INDEX recordings_by_age ON recordings (remove_after_ms);
