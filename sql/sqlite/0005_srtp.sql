-- Whether the sound of a device is protected (SRTP): off, optional or required.
ALTER TABLE devices ADD COLUMN srtp TEXT NOT NULL DEFAULT 'optional';
