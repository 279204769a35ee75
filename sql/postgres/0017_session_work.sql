-- What operators do about a session: tags, notes, a result, parameters; and what the tenant prepares for it. The same
-- tables as in sql/sqlite.

-- What a call may have led to, and parameters that operators are asked for: lists in JSON.
ALTER TABLE tenants ADD COLUMN call_results TEXT NOT NULL DEFAULT '[]';
ALTER TABLE tenants ADD COLUMN parameters TEXT NOT NULL DEFAULT '[]';

-- The tenant's catalogue of tags. What is the same but for capital letters has one `folded` form.
CREATE TABLE tags (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    -- NULL: none.
    colour TEXT COLLATE "C",
    -- A list in JSON.
    keywords TEXT COLLATE "C" NOT NULL,
    UNIQUE (tenant_id, folded)
);

-- How often operators have set a tag; without a user, keywords and programs.
CREATE TABLE tag_uses (
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    folded TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    uses BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, folded, user_id)
);
CREATE INDEX tag_uses_of_user ON tag_uses (user_id, tenant_id, uses);

-- Tags of sessions besides those of the dialplan, which their events tell. History outlives what it speaks of.
CREATE TABLE session_tags (
    session_id TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    -- `operator`, `keyword`; `removed`: an operator took it off, whoever had set it.
    origin TEXT COLLATE "C" NOT NULL,
    -- Whose use it counts as.
    user_id TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (session_id, folded)
);
CREATE INDEX session_tags_by_name ON session_tags (folded, session_id);

CREATE TABLE session_notes (
    id TEXT COLLATE "C" PRIMARY KEY,
    session_id TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    -- NULL: a program.
    user_id TEXT COLLATE "C",
    -- The author's name for people, as it was then.
    author TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    text TEXT COLLATE "C" NOT NULL
);
CREATE INDEX session_notes_of_session ON session_notes (session_id, id);

CREATE TABLE session_parameters (
    session_id TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    name TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (session_id, folded)
);

CREATE TABLE session_results (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    result TEXT COLLATE "C" NOT NULL
);

-- By which words a session is found: of what operators wrote about it. `source` is the id of a note, or what else was written.
CREATE TABLE session_words (
    session_id TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    word TEXT COLLATE "C" NOT NULL,
    company_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (session_id, source, word)
);
CREATE INDEX session_words_by_word ON session_words (company_id, word, session_id);

-- Messages that a tenant has ready.
CREATE TABLE templates (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    shortcut TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    text TEXT COLLATE "C" NOT NULL,
    -- What a search looks through, in small letters without accents.
    searched TEXT COLLATE "C" NOT NULL,
    UNIQUE (tenant_id, shortcut)
);

-- Which ones an operator has marked.
CREATE TABLE template_stars (
    template_id TEXT COLLATE "C" NOT NULL REFERENCES templates (id) ON DELETE CASCADE,
    user_id TEXT COLLATE "C" NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    PRIMARY KEY (template_id, user_id)
);
