-- What tenants do without, as a list in JSON; recording is one of these now. And whether clients on hold hear music.
ALTER TABLE tenants ADD COLUMN switched_off TEXT COLLATE "C" NOT NULL DEFAULT '[]';
UPDATE tenants SET switched_off = '["recording"]' WHERE recording = 0;
ALTER TABLE tenants DROP COLUMN recording;
ALTER TABLE tenants ADD COLUMN hold_music BIGINT NOT NULL DEFAULT 1;
