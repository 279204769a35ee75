-- The lines by which operators take sessions, as far as they ever switched one on or off. The same table as in
-- sql/sqlite.
CREATE TABLE channel_switches (
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    line TEXT COLLATE "C" NOT NULL,
    is_on BIGINT NOT NULL,
    since_ms BIGINT NOT NULL,
    PRIMARY KEY (user_id, line)
);
