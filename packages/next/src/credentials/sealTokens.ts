// Where tokens meet the vault.
import type { Engine } from '../engine.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { ConnectionRecord, SecretField, SecretRecord } from '../store/store.ts'
import type { SealContext } from '../vault/envelope.ts'
import { encodeSecret } from './storedSecret.ts'

type Sealed = Pick<SecretRecord, 'tenantId' | 'connectionId' | 'grantGeneration' | 'tokenGeneration'> & { readonly field: string }

/** What a seal of a connection's secret binds. */
export function secretContext(provider: string, { tenantId, connectionId, field, grantGeneration, tokenGeneration }: Sealed): SealContext {
  return { tenantId, connectionId, provider, field, generation: `${grantGeneration}.${tokenGeneration}` }
}

/** Seals a plaintext for the generations of a connection. */
export async function sealSecret(engine: Engine, connection: ConnectionRecord, field: SecretField, plaintext: Uint8Array): Promise<SecretRecord> {
  const { tenantId, id: connectionId, grantGeneration, tokenGeneration } = connection
  const place = { tenantId, connectionId, field, grantGeneration, tokenGeneration }
  return { ...place, sealed: await engine.vault.seal(secretContext(connection.provider, place), plaintext) }
}

/** Seals the tokens of an answer. Without a refresh token in it, the one that is stored stays as it is (RFC 6749 §6). */
export async function sealTokens(engine: Engine, connection: ConnectionRecord, tokens: TokenSet): Promise<SecretRecord[]> {
  const secrets = [await sealSecret(engine, connection, 'credential', encodeSecret({ accessToken: tokens.accessToken }))]
  if (tokens.refreshToken !== undefined) secrets.push(await sealSecret(engine, connection, 'refresh_token', new TextEncoder().encode(tokens.refreshToken)))
  return secrets
}

/** Opens a stored secret, under the generations that it was sealed for. */
export function openSecret(engine: Engine, provider: string, record: SecretRecord): Promise<Uint8Array> {
  return engine.vault.open(secretContext(provider, record), record.sealed)
}
