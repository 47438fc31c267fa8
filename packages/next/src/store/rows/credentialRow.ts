// The hot read: a connection with its sealed credential. Written by hand for each kind of database, since building it would cost
// more than running it, and read by position, since an object for each row costs a third more.
import type { StoredCredential } from '../store.ts'
import { bytes, integer, type Draft } from './columns.ts'
import { parseAnsweringConnection } from './connectionRow.ts'

/** Of the connection `c` what an answer needs and the lookup does not say, and of the secret `s`. */
export const answeringColumns = `c.id, c.kind, c.credential_type, c.status, c.status_reason, c.scopes, c.settings, c.updated_at, c.expires_at,
    c.grant_generation, c.token_generation, c.refresh_at, s.sealed`

/** The order in which connections answer when none is named; the index `connection_choice` has it. */
export const choiceOrder = `c.is_default DESC, (c.status = 'active') DESC, c.connected_at DESC, c.id DESC`

export function parseCredentialRow({ tenantId, provider }: { readonly tenantId: string; readonly provider: string }, values: readonly unknown[]): StoredCredential {
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
