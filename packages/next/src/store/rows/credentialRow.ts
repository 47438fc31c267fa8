// The hot read: a connection with its sealed credential. Written by hand, since building it would cost more than running it,
// and read by position, since an object for each row costs a third more.
import type { CredentialLookup, StoredCredential } from '../store.ts'
import { bytes, integer, type Draft } from './columns.ts'
import { parseAnsweringConnection } from './connectionRow.ts'

// Of the connection what an answer needs and the lookup does not say. Parameters have no numbers, since Node.js before 22.16 cannot bind these by position.
const selectCredential = `
  SELECT c.id, c.kind, c.credential_type, c.status, c.status_reason, c.scopes, c.settings, c.updated_at, c.expires_at, c.grant_generation,
    c.token_generation, c.refresh_at, s.sealed
  FROM connection c LEFT JOIN secret s ON s.seq = c.seq * 2
  WHERE c.tenant_id = ? AND c.provider = ? AND c.owner_id = ? AND (? IS NULL OR c.kind = ?)
    AND CASE WHEN ? IS NULL THEN c.credential_type <> 'webhook_secret' ELSE c.credential_type = ? END`

/** The connection that answers when none is named; the index `connection_choice` has this order. */
export const selectChosenCredential = `${selectCredential} AND c.status <> 'revoked'
  ORDER BY c.is_default DESC, (c.status = 'active') DESC, c.connected_at DESC, c.id DESC LIMIT 1`

export const selectNamedCredential = `${selectCredential} AND c.id = ?`

export function parseCredentialRow({ tenantId, provider }: CredentialLookup, values: readonly unknown[]): StoredCredential {
  const [
    id, kind, credential_type, status, status_reason, scopes, settings, updated_at, expires_at, grant_generation,
    token_generation, refresh_at, sealed,
  ] = values
  const row = {
    tenant_id: tenantId, provider,
    id, kind, credential_type, status, status_reason, scopes, settings, updated_at, expires_at, grant_generation,
    token_generation, refresh_at, sealed,
  }
  const stored: Draft<StoredCredential> = { connection: parseAnsweringConnection(row) }
  if (sealed !== null) stored.sealed = bytes(row, 'sealed')
  if (refresh_at !== null) stored.refreshAt = integer(row, 'refresh_at')
  return stored
}
