// Webhook secrets in the vault: one connection for each owner, whose secret is the current one and the one before it.
import { createError } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import { commitChange } from '../commitChange.ts'
import { openSecret, sealSecret } from '../credentials/sealTokens.ts'
import { decodeSecret, encodeSecret } from '../credentials/storedSecret.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import type { ConnectionRecord } from '../store/store.ts'

/** How long a secret stays valid beside the one that replaces it: 24 hours. */
export const defaultOverlapMs = 86_400_000

const longestSecret = 4_096

/** A webhook secret, and whose it is. */
export interface NewWebhookSecret {
  readonly tenantId: string
  /** `''` where it serves the whole tenant. */
  readonly ownerId: string
  readonly provider: string
  readonly secret: string
  /** How long the secret that it replaces stays valid, in milliseconds. */
  readonly overlapMs: number
}

/**
 * Stores a webhook secret. The one that it replaces verifies for a while longer, so that the provider can be told in between;
 * one before that ends at once.
 *
 * @throws {AuthpipeError} `invalid_request` where it is empty or too long; `store_unavailable` (retryable)
 */
export async function storeWebhookSecret(engine: Engine, fresh: NewWebhookSecret): Promise<ConnectionRecord> {
  // White space around it comes with copying.
  const secret = fresh.secret.trim()
  if (secret === '' || secret.length > longestSecret) {
    throw createError('invalid_request', `A webhook secret needs 1 to ${longestSecret} characters, in "fields" as { secret }. Nothing was stored.`)
  }
  // Somebody may store one at the same moment: then theirs is the one before.
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const stored = await storeOver(engine, { ...fresh, secret })
    if (stored) return stored
  }
  throw createError('store_unavailable', 'The webhook secret was changed by others each time it was to be stored. Store it again.')
}

/** @returns `undefined` when it was overtaken */
async function storeOver(engine: Engine, fresh: NewWebhookSecret): Promise<ConnectionRecord | undefined> {
  const { tenantId, ownerId, provider, secret, overlapMs } = fresh
  const key = { tenantId, provider, ownerId, kind: 'user', credentialType: 'webhook_secret' } as const
  const before = await engine.store.findConnectionByAccount({ ...key, accountId: 'webhook' })
  const now = engine.now()
  const connection: ConnectionRecord = {
    ...key,
    id: before?.id ?? randomUUID(),
    attachment: ownerId === '' ? 'tenant' : 'user',
    account: { id: 'webhook' },
    status: 'active',
    isDefault: true,
    scopes: [],
    missingScopes: [],
    settings: {},
    healthState: 'unknown',
    connectedAt: before && before.status !== 'revoked' ? before.connectedAt : now,
    updatedAt: now,
    revision: (before?.revision ?? 0) + 1,
    grantGeneration: (before?.grantGeneration ?? 0) + 1,
    tokenGeneration: (before?.tokenGeneration ?? 0) + 1,
  }
  const fields = { secret, ...replaced(before ? await openFields(engine, before) : {}, secret, now + overlapMs) }
  const change = {
    tenantId,
    connectionId: connection.id,
    expect: before ?? ('absent' as const),
    connection,
    secrets: [await sealSecret(engine, connection, 'credential', encodeSecret({ fields }))],
  }
  return (await commitChange(engine, change, [createEvent('credential.stored', connection, now)])) ? connection : undefined
}

/** What becomes of the secret that was there. The same one once more replaces nothing. */
function replaced(before: Readonly<Record<string, string>>, secret: string, until: number): Record<string, string> {
  const { secret: current, ...previous } = before
  if (current === undefined || current === secret) return previous
  return { previousSecret: current, previousSecretUntil: String(until) }
}

/** The secrets that verify webhooks of a tenant now: those of every owner, each with the one before it while that is valid. */
export async function listWebhookSecrets(engine: Engine, provider: string, tenantId: string): Promise<string[]> {
  const connections = await engine.store.listConnections({ tenantId, provider, credentialType: 'webhook_secret' })
  const secrets: string[] = []
  for (const connection of connections) {
    const { secret, previousSecret, previousSecretUntil } = await openFields(engine, connection)
    if (secret !== undefined) secrets.push(secret)
    if (previousSecret !== undefined && Number(previousSecretUntil) > engine.now()) secrets.push(previousSecret)
  }
  return secrets
}

async function openFields(engine: Engine, { tenantId, id, provider }: ConnectionRecord): Promise<Readonly<Record<string, string>>> {
  const sealed = await engine.store.findSecret(tenantId, id, 'credential')
  const secret = sealed && decodeSecret(await openSecret(engine, provider, sealed))
  return secret && 'fields' in secret ? secret.fields : {}
}
