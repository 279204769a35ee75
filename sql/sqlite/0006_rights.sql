-- What users, and the dialplans of tenants, may call outside: classes as JSON and calls at once; NULL is the usual.
-- The classes of numbers by their prefixes, where an administrator says them.
ALTER TABLE users ADD COLUMN calls TEXT;
ALTER TABLE users ADD COLUMN max_calls INTEGER;
ALTER TABLE tenants ADD COLUMN calls TEXT;
ALTER TABLE tenants ADD COLUMN max_calls INTEGER;

CREATE TABLE destinations (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    prefix TEXT NOT NULL,
    class TEXT NOT NULL,
    label TEXT NOT NULL,
    UNIQUE (company_id, prefix)
);
