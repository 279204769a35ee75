-- Clients whom the company knows, and which of them a session was with. The same tables as in sql/sqlite.
CREATE TABLE contacts (
    id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    name TEXT COLLATE "C" NOT NULL,
    organisation TEXT COLLATE "C" NOT NULL,
    -- Lists in JSON, in the order in which people wrote them.
    phones TEXT COLLATE "C" NOT NULL,
    emails TEXT COLLATE "C" NOT NULL,
    identifiers TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
);
CREATE INDEX contacts_by_name ON contacts (company_id, name, id);
CREATE INDEX contacts_of_tenant ON contacts (tenant_id, name, id);

-- By what a contact is found: numbers, addresses, words of names, in the one form in which they are looked for.
CREATE TABLE contact_keys (
    contact_id TEXT COLLATE "C" NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    tenant_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (contact_id, kind, value)
);
CREATE INDEX contact_keys_by_value ON contact_keys (value, kind, tenant_id, contact_id);

-- Contacts that are part of another one, as they and it were before, and as it was after, so that it can be undone.
CREATE TABLE contact_merges (
    other_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C" NOT NULL REFERENCES tenants (id),
    into_id TEXT COLLATE "C" NOT NULL,
    at_ms BIGINT NOT NULL,
    other TEXT COLLATE "C" NOT NULL,
    before TEXT COLLATE "C" NOT NULL,
    after TEXT COLLATE "C" NOT NULL,
    -- The sessions that moved along, a list.
    sessions TEXT COLLATE "C" NOT NULL
);
CREATE INDEX contact_merges_by_whole ON contact_merges (into_id);

-- What operators took down of the client of a session. History outlives what it speaks of.
CREATE TABLE session_clients (
    session_id TEXT COLLATE "C" PRIMARY KEY,
    company_id TEXT COLLATE "C" NOT NULL REFERENCES companies (id),
    tenant_id TEXT COLLATE "C",
    -- NULL: as the call itself told.
    name TEXT COLLATE "C",
    phone TEXT COLLATE "C",
    email TEXT COLLATE "C",
    contact_id TEXT COLLATE "C",
    -- Who connected the contact: `automatic`, `operator`; `nobody`: an operator disconnected it.
    chosen TEXT COLLATE "C"
);
CREATE INDEX session_clients_by_contact ON session_clients (contact_id, session_id);
