-- How much a token may do in what it opens. Those that there are keep what they could: all of it.
ALTER TABLE tokens ADD COLUMN role TEXT COLLATE "C" NOT NULL DEFAULT 'operator';
UPDATE tokens SET role = CASE WHEN tenant_id IS NULL THEN 'company_admin' ELSE 'tenant_admin' END;
