// Key rotation while everything goes on: tenant keys are wrapped by the current key-encryption key and replaced, and what they sealed
// is sealed anew. Each step is a compare-and-set that leaves everything readable, so it may end anywhere and be begun again.
import { AuthpipeError, createError } from '@authpipe/core'
import { secretContext } from '../credentials/sealTokens.ts'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { isId } from '../principal.ts'
import type { SealedKind, SealedRecord, TenantKeyRecord } from '../store/store.ts'
import { readKeyId } from '../vault/envelope.ts'
import { webhookContext } from '../webhooks/acceptWebhook.ts'

export interface RotationOptions {
  /**
   * Replaces the key of this tenant alone, whichever key-encryption key wraps it.
   * @defaultValue every tenant with a key that the current key-encryption key does not wrap
   */
  readonly tenantId?: string
  /**
   * Whether tenants get new keys and their secrets are sealed anew. `false` only wraps the tenant keys anew, which takes a fraction of
   * the time and already lets the old key-encryption key go.
   * @defaultValue `true`
   */
  readonly reencrypt?: boolean
  /**
   * How long a replaced tenant key is kept, in milliseconds: longer than any process uses it from memory (15 minutes). A later call
   * removes it.
   * @defaultValue `3_600_000` (1 hour)
   */
  readonly keepReplacedMs?: number
  /** Is told after each tenant. */
  readonly onProgress?: (progress: RotationProgress) => void
}

/** What a rotation did so far. */
export interface RotationProgress {
  /** Tenants that were looked at. */
  readonly tenants: number
  /** Tenant keys that are now wrapped by the current key-encryption key. */
  readonly rewrappedKeys: number
  /** Tenant keys that were made to replace others. */
  readonly newKeys: number
  /** Secrets that were sealed anew. */
  readonly resealed: number
  /** Secrets that do not open; they stay as they are, with their tenant key. Each is a log line. */
  readonly unreadable: number
  /** Replaced tenant keys that were removed. */
  readonly removedKeys: number
  /** Replaced tenant keys that are still kept; call again when `keepReplacedMs` is over. */
  readonly keptKeys: number
}

/** What a rotation did, and what still needs which key. */
export interface RotationReport extends RotationProgress {
  /** How many tenants still need each key-encryption key, the current one included. */
  readonly neededKeys: readonly { readonly kid: string; readonly tenants: number }[]
  /** Ids of configured keys that nothing needs any more: they can be taken out of `keys`. */
  readonly removableKids: readonly string[]
}

const tenantsAtOnce = 100
const recordsAtOnce = 200
const kinds: readonly SealedKind[] = ['secret', 'revocation', 'webhook']

type Counts = { -readonly [K in keyof RotationProgress]: number }

/** @throws {AuthpipeError} see `Authpipe.rotateKeys` */
export async function rotateKeys(engine: Engine, options: RotationOptions): Promise<RotationReport> {
  const { tenantId: only, onProgress } = options
  if (only !== undefined && !isId(only)) throw createError('invalid_request', 'rotateKeys takes the tenantId of one tenant, or none for all.')
  const counts: Counts = { tenants: 0, rewrappedKeys: 0, newKeys: 0, resealed: 0, unreadable: 0, removedKeys: 0, keptKeys: 0 }
  for await (const tenantId of only === undefined ? listTenants(engine) : [only]) {
    await rotateTenant(engine, tenantId, options, counts)
    counts.tenants += 1
    onProgress?.({ ...counts })
  }
  const neededKeys = await engine.store.countTenantKeys()
  const { all, current } = engine.vault.kids
  const removableKids = all.filter((kid) => kid !== current && !neededKeys.some((needed) => needed.kid === kid))
  log('keys were rotated', { ...counts, needed: neededKeys.map(({ kid }) => kid).join(' '), removable: removableKids.join(' ') })
  return { ...counts, neededKeys, removableKids }
}

async function* listTenants({ store, vault }: Engine): AsyncGenerator<string> {
  for (let after = ''; ; ) {
    const tenants = await store.listTenantsToRotate(vault.kids.current, after, tenantsAtOnce)
    yield* tenants
    const last = tenants.at(-1)
    if (last === undefined) return
    after = last
  }
}

async function rotateTenant(engine: Engine, tenantId: string, options: RotationOptions, counts: Counts): Promise<void> {
  const { store, vault } = engine
  const { reencrypt = true, keepReplacedMs = 3_600_000, tenantId: only } = options
  // What this process has reserved may be of a key that another process has replaced.
  vault.forget(tenantId)
  const [newest] = await store.listTenantKeys(tenantId)
  if (!newest) return
  // Before the old ones are wrapped anew: a process that dies in between leaves a key by which the next call knows this tenant.
  if (reencrypt && (only !== undefined || newest.kid !== vault.kids.current)) {
    if (await vault.renewKey(tenantId, newest.keyId)) counts.newKeys += 1
  }
  const [current, ...replaced] = await store.listTenantKeys(tenantId)
  if (!current) return
  for (const key of [current, ...replaced]) {
    if (key.kid !== vault.kids.current && (await vault.rewrapKey(key))) counts.rewrappedKeys += 1
  }
  if (!reencrypt) return
  for (const key of replaced) {
    for (const kind of kinds) await resealAll(engine, kind, key, counts)
    // Until then some process may seal with it, or be about to open what it has read.
    const isOutOfUse = engine.now() - current.createdAt >= keepReplacedMs
    if (isOutOfUse && (await store.deleteTenantKey(tenantId, key.keyId, engine.now()))) counts.removedKeys += 1
    else counts.keptKeys += 1
  }
}

async function resealAll(engine: Engine, kind: SealedKind, { tenantId, keyId }: TenantKeyRecord, counts: Counts): Promise<void> {
  const { store } = engine
  let after: SealedRecord | undefined
  for (;;) {
    const batch = await store.listSealed(kind, tenantId, keyId, after, recordsAtOnce)
    after = batch.at(-1)
    if (!after) return
    const byKey = new Map<string, { before: SealedRecord; sealed: Uint8Array }[]>()
    for (const before of batch) {
      const sealed = await reseal(engine, before)
      if (!sealed) counts.unreadable += 1
      else if (sealed.keyId !== keyId) byKey.set(sealed.keyId, [...(byKey.get(sealed.keyId) ?? []), { before, sealed: sealed.bytes }])
    }
    for (const [newKeyId, replacements] of byKey) counts.resealed += await store.replaceSealed(newKeyId, replacements)
  }
}

/** @returns `undefined` where it does not open: it is left for a person to judge */
async function reseal({ vault }: Engine, record: SealedRecord): Promise<{ readonly keyId: string; readonly bytes: Uint8Array } | undefined> {
  const context = record.kind === 'webhook' ? webhookContext(record) : secretContext(record.provider, record)
  let plaintext: Uint8Array
  try {
    plaintext = await vault.open(context, record.sealed)
  } catch (error) {
    if (!(error instanceof AuthpipeError && error.code === 'credential_undecryptable')) throw error
    log('a sealed value does not open and was left as it is', { kind: record.kind, id: record.id })
    return undefined
  }
  const bytes = await vault.seal(context, plaintext)
  plaintext.fill(0)
  return { keyId: readKeyId(bytes), bytes }
}
