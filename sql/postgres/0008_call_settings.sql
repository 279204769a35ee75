-- What operators want done with calls to them: forwarded by rule, or none at all.
CREATE TABLE call_settings (
    user_id TEXT COLLATE "C" PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    always_to TEXT COLLATE "C",
    busy_to TEXT COLLATE "C",
    no_answer_to TEXT COLLATE "C",
    no_answer_after_s BIGINT NOT NULL,
    do_not_disturb BIGINT NOT NULL,
    since_ms BIGINT NOT NULL
);
