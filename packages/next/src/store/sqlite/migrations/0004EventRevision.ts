/** The revision of its connection in each event, by which who is told can order them. */
export const eventRevision = `
ALTER TABLE event ADD COLUMN connection_revision INTEGER NOT NULL DEFAULT 0;
`
