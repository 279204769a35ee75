-- Logins of users, one row a browser. Of what its cookie holds there is only the SHA-256.
CREATE TABLE logins (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL UNIQUE,
    created_at_ms INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL
);
CREATE INDEX logins_by_user ON logins (user_id);
