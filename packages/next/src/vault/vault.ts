// Seals secrets for the database and opens them. It knows bytes and keys, nothing of OAuth.
import { AuthpipeError, createError } from '@authpipe/core'
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { openEnvelope, readKeyId, sealEnvelope, type SealContext } from './envelope.ts'
import type { TenantKeyRecord } from '../store/store.ts'
import type { KeyManager } from './keyManager.ts'
import { SingleFlight } from './singleFlight.ts'
import { TenantKeys, type KeyStore, type TenantKeysOptions } from './tenantKeys.ts'
import { withKnownFailures } from './withKnownFailures.ts'

export type { SealContext } from './envelope.ts'

export interface Vault {
  /**
   * Checks that the configured keys are the ones that the database was encrypted with. It changes no row, except that a
   * key seen for the first time leaves its key check value. Nothing is sealed, and no tenant key unwrapped, before it succeeded.
   *
   * @throws {AuthpipeError} `encryption_key_unavailable` naming the key that is wrong or missing and how many tenants need it
   */
  ready(): Promise<void>
  /** Encrypts for one place in the database. */
  seal(context: SealContext, plaintext: Uint8Array): Promise<Uint8Array>
  /**
   * @throws {AuthpipeError} `credential_undecryptable` when the value was changed or belongs elsewhere; `encryption_key_unavailable`
   * when its key is not configured; `vault_unavailable` (retryable) when the key manager does not answer
   */
  open(context: SealContext, sealed: Uint8Array): Promise<Uint8Array>
  /** Like `open` without waiting, or `undefined` when the tenant's key is not at hand: then use `open`. */
  openCached(context: SealContext, sealed: Uint8Array): Uint8Array | undefined
  /** Names the key-encryption key that wraps what is wrapped now, and all that are configured. */
  readonly kids: { readonly current: string; readonly all: readonly string[] }
  /** Wraps a tenant key anew by the current key-encryption key. @returns whether it was still wrapped as before */
  rewrapKey(record: TenantKeyRecord): Promise<boolean>
  /** Gives a tenant a new key for what is sealed from now on. @returns whether `after` was still its newest */
  renewKey(tenantId: string, after: string): Promise<boolean>
  /** Forgets what is known of a tenant's keys: the next seal asks the database. */
  forget(tenantId: string): void
  /** Forgets every unwrapped key. */
  close(): void
}

export interface VaultOptions extends Omit<TenantKeysOptions, 'now'> {
  /**
   * Milliseconds since 1970.
   * @defaultValue `Date.now`
   */
  readonly now?: () => number
}

/**
 * Makes a vault: AES-256-GCM with one random key per tenant, which is stored wrapped by a key-encryption key.
 *
 * @security Whoever holds the database alone holds nothing. Whoever can write to it can remove values or put a whole row
 * back to an older state; moving or changing a value is found out.
 */
export function createVault({ now = Date.now, ...options }: VaultOptions): Vault {
  const { store } = options
  const keyManager = withKnownFailures(options.keyManager)
  const tenantKeys = new TenantKeys({ ...options, keyManager, now })

  const openCached = (context: SealContext, sealed: Uint8Array): Uint8Array | undefined => {
    const key = tenantKeys.findCached(context.tenantId, readKeyId(sealed))
    return key && openEnvelope(key, context, sealed)
  }

  const check = async (): Promise<void> => {
    const tenantsByKid = new Map((await store.countTenantKeys()).map(({ kid, tenants }) => [kid, tenants]))
    for (const [kid, tenants] of tenantsByKid) {
      if (!keyManager.kids.includes(kid)) throw unavailable(kid, tenants, 'is not configured. Add it back to "keys", after the current one')
    }
    const checkKey = async (kid: string): Promise<void> => {
      if (await passesKeyCheck(store, keyManager, kid)) return
      const problem = 'is not the key that this database knows under that id. Configure the right one, or give a new key a new id'
      throw unavailable(kid, tenantsByKid.get(kid) ?? 0, problem)
    }
    for (const kid of keyManager.kids) await checkKey(kid)
    if (await store.findKeyCheck(keyManager.currentKid)) return
    await leaveKeyCheck(store, keyManager)
    // Another process may have been first, with another key.
    await checkKey(keyManager.currentKid)
  }
  const checking = new SingleFlight<void>()
  let isChecked = false
  const ready = async (): Promise<void> => {
    if (isChecked) return
    await checking.run('keys', check)
    isChecked = true
  }

  return {
    ready,

    async seal(context, plaintext) {
      await ready()
      return sealEnvelope(await tenantKeys.takeForSealing(context.tenantId), context, plaintext)
    },

    async open(context, sealed) {
      const opened = openCached(context, sealed)
      if (opened) return opened
      await ready()
      return openEnvelope(await tenantKeys.get(context.tenantId, readKeyId(sealed)), context, sealed)
    },

    openCached,
    kids: { current: keyManager.currentKid, all: keyManager.kids },

    async rewrapKey(record) {
      await ready()
      const raw = await keyManager.unwrap(record.wrapped, { tenantId: record.tenantId, keyId: record.keyId })
      try {
        const { currentKid: kid } = keyManager
        return await store.rewrapTenantKey(record, { kid, wrapped: await keyManager.wrap(raw, { tenantId: record.tenantId, keyId: record.keyId }) })
      } finally {
        raw.fill(0)
      }
    },

    async renewKey(tenantId, after) {
      await ready()
      return tenantKeys.renew(tenantId, after)
    },

    forget(tenantId) {
      tenantKeys.forget(tenantId)
    },

    close() {
      tenantKeys.clear()
    },
  }
}

/** No tenant: a key check is never taken for a tenant key. */
const checkContext = (kid: string) => ({ tenantId: '', keyId: `check ${kid}` })

const digestOf = (value: Uint8Array): Uint8Array => createHash('sha256').update(value).digest()

/** Keeps a random value wrapped by the current key beside its digest; the first process to do so decides. */
async function leaveKeyCheck(store: KeyStore, keyManager: KeyManager): Promise<void> {
  const value = randomBytes(32)
  const wrapped = await keyManager.wrap(value, checkContext(keyManager.currentKid))
  await store.insertKeyCheck(keyManager.currentKid, { wrapped, digest: digestOf(value) })
}

async function passesKeyCheck(store: KeyStore, keyManager: KeyManager, kid: string): Promise<boolean> {
  const check = await store.findKeyCheck(kid)
  if (!check) return true
  try {
    const digest = digestOf(await keyManager.unwrap(check.wrapped, checkContext(kid)))
    return check.digest.length === digest.length && timingSafeEqual(check.digest, digest)
  } catch (error) {
    if (error instanceof AuthpipeError && error.code === 'credential_undecryptable') return false
    throw error
  }
}

const unavailable = (kid: string, tenants: number, problem: string): AuthpipeError =>
  createError(
    'encryption_key_unavailable',
    `The encryption key "${kid}" ${problem}: the data of ${tenants} ${tenants === 1 ? 'tenant needs' : 'tenants need'} it. Nothing was changed.`,
    { details: { kid, tenants } },
  )
