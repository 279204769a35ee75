-- What operators want done with calls to them: forwarded by rule, or none at all.
CREATE TABLE call_settings (
    user_id TEXT PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    company_id TEXT NOT NULL REFERENCES companies (id),
    always_to TEXT,
    busy_to TEXT,
    no_answer_to TEXT,
    no_answer_after_s INTEGER NOT NULL,
    do_not_disturb INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
);
