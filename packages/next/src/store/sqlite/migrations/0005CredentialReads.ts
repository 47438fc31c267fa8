/** How often a credential was read on a day (UTC), so that what a thief may have seen can be told. */
export const credentialReads = `
CREATE TABLE credential_read (
  tenant_id TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  day TEXT NOT NULL,
  reads INTEGER NOT NULL,
  last_read_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX credential_read_day ON credential_read (tenant_id, connection_id, day);
CREATE INDEX credential_read_old ON credential_read (day);
`
