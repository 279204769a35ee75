-- A device may belong to a login: the phone in a browser. It goes with the login, or when its time is over.
ALTER TABLE devices ADD COLUMN login_id TEXT REFERENCES logins (id) ON DELETE CASCADE;
ALTER TABLE devices ADD COLUMN expires_at_ms INTEGER;
CREATE INDEX devices_by_login ON devices (login_id) WHERE login_id IS NOT NULL;
