-- The lines by which operators take sessions, as far as they ever switched one on or off. The same table as in
-- sql/postgres.
CREATE TABLE channel_switches (
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    company_id TEXT NOT NULL REFERENCES companies (id),
    line TEXT NOT NULL,
    is_on INTEGER NOT NULL,
    since_ms INTEGER NOT NULL,
    PRIMARY KEY (user_id, line)
) WITHOUT ROWID;
