-- What is recorded: rules of groups and numbers as JSON, where NULL says nothing, and whether a tenant records at all.
-- A recording's files are named by its id.
ALTER TABLE groups ADD COLUMN recording TEXT COLLATE "C";
ALTER TABLE numbers ADD COLUMN recording TEXT COLLATE "C";
ALTER TABLE tenants ADD COLUMN recording BIGINT NOT NULL DEFAULT 1;

CREATE TABLE recordings (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    session_id TEXT COLLATE "C" NOT NULL,
    layout TEXT COLLATE "C" NOT NULL,
    started_at_ms BIGINT NOT NULL,
    length_ms BIGINT NOT NULL,
    incomplete_ms BIGINT NOT NULL,
    complete BIGINT NOT NULL,
    remove_after_ms BIGINT
);
CREATE INDEX recordings_by_session ON recordings (session_id, id);
CREATE INDEX recordings_by_age ON recordings (remove_after_ms);
