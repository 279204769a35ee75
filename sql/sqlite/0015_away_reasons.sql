-- Why operators of the tenant may be away, as a list in JSON. Without one, the usual reasons and any other word.
ALTER TABLE tenants ADD COLUMN away_reasons TEXT;
