-- What users, and the dialplans of tenants, may call outside: classes as JSON and calls at once; NULL is the usual.
-- The classes of numbers by their prefixes, where an administrator says them.
ALTER TABLE users ADD COLUMN calls TEXT COLLATE "C";
ALTER TABLE users ADD COLUMN max_calls BIGINT;
ALTER TABLE tenants ADD COLUMN calls TEXT COLLATE "C";
ALTER TABLE tenants ADD COLUMN max_calls BIGINT;

CREATE TABLE destinations (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    prefix TEXT COLLATE "C" NOT NULL,
    class TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,
    UNIQUE (company_id, prefix)
);
