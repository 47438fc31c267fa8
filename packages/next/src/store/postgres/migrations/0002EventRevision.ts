/** The revision of its connection in each event, by which who is told can order them. */
export const eventRevision = `
ALTER TABLE authpipe.event ADD COLUMN connection_revision bigint NOT NULL DEFAULT 0;
`
