/** How often a credential was read on a day (UTC), so that what a thief may have seen can be told. */
export const credentialReads = `
CREATE TABLE authpipe.credential_read (
  tenant_id text COLLATE "C" NOT NULL,
  connection_id text COLLATE "C" NOT NULL,
  day text COLLATE "C" NOT NULL,
  reads bigint NOT NULL,
  last_read_at bigint NOT NULL,
  PRIMARY KEY (tenant_id, connection_id, day)
);
CREATE INDEX credential_read_old ON authpipe.credential_read (day);
`
