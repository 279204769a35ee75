-- What operators do about a session: tags, notes, a result, parameters; and what the tenant prepares for it. The same
-- tables as in sql/postgres.

-- What a call may have led to, and parameters that operators are asked for: lists in JSON.
ALTER TABLE tenants ADD COLUMN call_results TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tenants ADD COLUMN parameters TEXT NOT NULL DEFAULT '[]';

-- The tenant's catalogue of tags. What is the same but for capital letters has one `folded` form.
CREATE TABLE tags (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    name TEXT NOT NULL,
    folded TEXT NOT NULL,
    -- NULL: none.
    colour TEXT,
    -- A list in JSON.
    keywords TEXT NOT NULL,
    UNIQUE (tenant_id, folded)
);

-- How often operators have set a tag; without a user, keywords and programs.
CREATE TABLE tag_uses (
    tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    folded TEXT NOT NULL,
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    uses INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, folded, user_id)
) WITHOUT ROWID;
CREATE INDEX tag_uses_of_user ON tag_uses (user_id, tenant_id, uses);

-- Tags of sessions besides those of the dialplan, which their events tell. History outlives what it speaks of.
CREATE TABLE session_tags (
    session_id TEXT NOT NULL,
    folded TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    name TEXT NOT NULL,
    -- `operator`, `keyword`; `removed`: an operator took it off, whoever had set it.
    origin TEXT NOT NULL,
    -- Whose use it counts as.
    user_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (session_id, folded)
) WITHOUT ROWID;
CREATE INDEX session_tags_by_name ON session_tags (folded, session_id);

CREATE TABLE session_notes (
    id TEXT PRIMARY KEY,
    session_id TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    -- NULL: a program.
    user_id TEXT,
    -- The author's name for people, as it was then.
    author TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX session_notes_of_session ON session_notes (session_id, id);

CREATE TABLE session_parameters (
    session_id TEXT NOT NULL,
    folded TEXT NOT NULL,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (session_id, folded)
) WITHOUT ROWID;

CREATE TABLE session_results (
    session_id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT,
    result TEXT NOT NULL
);

-- By which words a session is found: of what operators wrote about it. `source` is the id of a note, or what else was written.
CREATE TABLE session_words (
    session_id TEXT NOT NULL,
    source TEXT NOT NULL,
    word TEXT NOT NULL,
    company_id TEXT NOT NULL,
    PRIMARY KEY (session_id, source, word)
) WITHOUT ROWID;
CREATE INDEX session_words_by_word ON session_words (company_id, word, session_id);

-- Messages that a tenant has ready.
CREATE TABLE templates (
    id TEXT PRIMARY KEY,
    company_id TEXT NOT NULL REFERENCES companies (id),
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    shortcut TEXT NOT NULL,
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    -- What a search looks through, in small letters without accents.
    searched TEXT NOT NULL,
    UNIQUE (tenant_id, shortcut)
);

-- Which ones an operator has marked.
CREATE TABLE template_stars (
    template_id TEXT NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (template_id, user_id)
) WITHOUT ROWID;
