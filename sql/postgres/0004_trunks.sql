-- Settings of trunks as JSON, and what tenants show and dial. A port of 0 is the one that the name service says.
ALTER TABLE trunks ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE tenants ADD COLUMN country TEXT;
ALTER TABLE tenants ADD COLUMN emergency TEXT;
ALTER TABLE tenants ADD COLUMN caller_number TEXT;
