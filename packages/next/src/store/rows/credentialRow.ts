// The hot read: a connection with its sealed credential. Written by hand, since building it would cost more than running it,
// and read by position, since an object for each row costs a third more.
import type { CredentialLookup, StoredCredential } from '../store.ts'
import { bytes, integer, type Draft } from './columns.ts'
import { parseConnectionRow } from './connectionRow.ts'

// Of the connection all that the lookup does not say. Parameters have no numbers, since Node.js before 22.16 cannot bind these by position.
const selectCredential = `
  SELECT c.id, c.attachment, c.kind, c.credential_type, c.account_id, c.account_label, c.status, c.status_reason, c.is_default, c.scopes,
    c.missing_scopes, c.settings, c.health_state, c.health_checked_at, c.connected_at, c.updated_at, c.expires_at, c.grant_generation,
    c.token_generation, c.refresh_at, s.sealed
  FROM connection c LEFT JOIN secret s ON s.seq = c.seq * 2
  WHERE c.tenant_id = ? AND c.provider = ? AND c.owner_id = ? AND (? IS NULL OR c.kind = ?)
    AND CASE WHEN ? IS NULL THEN c.credential_type <> 'webhook_secret' ELSE c.credential_type = ? END`

/** The connection that answers when none is named; the index `connection_choice` has this order. */
export const selectChosenCredential = `${selectCredential} AND c.status <> 'revoked'
  ORDER BY c.is_default DESC, (c.status = 'active') DESC, c.connected_at DESC, c.id DESC LIMIT 1`

export const selectNamedCredential = `${selectCredential} AND c.id = ?`

export function parseCredentialRow({ tenantId, provider, ownerId }: CredentialLookup, values: readonly unknown[]): StoredCredential {
  const [
    id, attachment, kind, credential_type, account_id, account_label, status, status_reason, is_default, scopes,
    missing_scopes, settings, health_state, health_checked_at, connected_at, updated_at, expires_at, grant_generation,
    token_generation, refresh_at, sealed,
  ] = values
  const row = {
    tenant_id: tenantId, provider, owner_id: ownerId,
    id, attachment, kind, credential_type, account_id, account_label, status, status_reason, is_default, scopes,
    missing_scopes, settings, health_state, health_checked_at, connected_at, updated_at, expires_at, grant_generation,
    token_generation, refresh_at, sealed,
  }
  const stored: Draft<StoredCredential> = { connection: parseConnectionRow(row) }
  if (sealed !== null) stored.sealed = bytes(row, 'sealed')
  if (refresh_at !== null) stored.refreshAt = integer(row, 'refresh_at')
  return stored
}
