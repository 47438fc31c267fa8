// The data-encryption keys of tenants: made on first use, cached unwrapped for a while, replaced before they wear out.
import { createError } from '@authpipe/core'
import { randomBytes } from 'node:crypto'
import type { Store } from '../store/store.ts'
import { importTenantKey, type TenantKey } from './envelope.ts'
import { KeyCache } from './keyCache.ts'
import type { KeyManager } from './keyManager.ts'
import { SingleFlight } from './singleFlight.ts'

/** What the vault asks of a database. */
export type KeyStore = Pick<
  Store,
  'findTenantKey' | 'insertTenantKey' | 'rewrapTenantKey' | 'reserveSeals' | 'countTenantKeys' | 'findKeyCheck' | 'insertKeyCheck'
>

export interface TenantKeysOptions {
  readonly store: KeyStore
  readonly keyManager: KeyManager
  readonly now: () => number
  /**
   * How many unwrapped keys are kept.
   * @defaultValue 10 000
   */
  readonly cacheSize?: number | undefined
  /**
   * How long an unwrapped key is kept: so long a key manager that fails, or that has withdrawn a key, goes unnoticed.
   * @defaultValue 15 minutes
   */
  readonly cacheLifetimeMs?: number | undefined
  /**
   * After how many seals a tenant gets a new key. Nonces are random: with 2^28 of them under one key the chance that any two
   * are equal is below 2^-40, where NIST SP 800-38D §8.3 asks for 2^-32.
   * @defaultValue 2^28
   */
  readonly sealsPerKey?: number | undefined
}

/** Seals are counted in the database this many at a time, before they are made: a crash loses some of the count, never misses one. */
const sealsPerReservation = 256

/** Seals that were counted and are still to be made. */
interface Reservation {
  readonly keyId: string
  left: number
}

export class TenantKeys {
  readonly #store: KeyStore
  readonly #keyManager: KeyManager
  readonly #now: () => number
  readonly #sealsPerKey: number
  readonly #keys: KeyCache<TenantKey>
  readonly #reservations: KeyCache<Reservation>
  readonly #finding = new SingleFlight<TenantKey | undefined>()
  readonly #reserving = new SingleFlight<void>()

  constructor({ store, keyManager, now, cacheSize: size = 10_000, cacheLifetimeMs: lifetimeMs = 15 * 60_000, sealsPerKey = 2 ** 28 }: TenantKeysOptions) {
    this.#store = store
    this.#keyManager = keyManager
    this.#now = now
    this.#sealsPerKey = sealsPerKey
    this.#keys = new KeyCache({ size, lifetimeMs, now })
    // As long as the key itself: a tenant's new key is used by every process when this time is over.
    this.#reservations = new KeyCache({ size, lifetimeMs, now })
  }

  /** The key if it is cached: then a read need not wait. */
  findCached(tenantId: string, keyId: string): TenantKey | undefined {
    return this.#keys.get(nameOf(tenantId, keyId))
  }

  /**
   * @throws {AuthpipeError} `credential_undecryptable` when the tenant has no such key, `encryption_key_unavailable` when what wraps
   * it is not configured, `vault_unavailable` when the key manager does not answer
   */
  async get(tenantId: string, keyId: string): Promise<TenantKey> {
    const key = await this.#find(tenantId, keyId)
    if (key) return key
    const problem = `A sealed value names the tenant key "${keyId}", which this tenant does not have. Was it moved here, or was the tenant erased?`
    throw createError('credential_undecryptable', problem, { details: { keyId } })
  }

  /** The tenant's newest key, with one more seal counted. The tenant's first seal makes it. */
  async takeForSealing(tenantId: string): Promise<TenantKey> {
    for (;;) {
      const reservation = this.#reservations.get(tenantId)
      if (!reservation || reservation.left === 0) {
        // Whoever comes meanwhile shares what is reserved; when it is used up before their turn, they ask again.
        await this.#reserving.run(tenantId, () => this.#reserve(tenantId))
        continue
      }
      reservation.left -= 1
      const key = this.findCached(tenantId, reservation.keyId) ?? (await this.#find(tenantId, reservation.keyId))
      if (key) return key
      // The tenant was erased in the meantime: it starts again with a new key.
      reservation.left = 0
    }
  }

  /** Makes a new key for what is sealed from now on. @returns `false` when `after` is no longer the newest one */
  renew(tenantId: string, after: string): Promise<boolean> {
    return this.#create(tenantId, after)
  }

  /** Asks the database anew before the next seal and the next opening. */
  forget(tenantId: string): void {
    this.#reservations.delete(tenantId)
    this.#keys.deleteAll(nameOf(tenantId, ''))
  }

  clear(): void {
    this.#keys.clear()
    this.#reservations.clear()
  }

  async #find(tenantId: string, keyId: string): Promise<TenantKey | undefined> {
    const name = nameOf(tenantId, keyId)
    return this.#finding.run(name, async () => {
      const record = await this.#store.findTenantKey(tenantId, keyId)
      if (!record) return undefined
      const key = importTenantKey(keyId, await this.#keyManager.unwrap(record.wrapped, { tenantId, keyId }))
      this.#keys.set(name, key)
      return key
    })
  }

  async #reserve(tenantId: string): Promise<void> {
    const newest = await this.#store.findTenantKey(tenantId)
    if (!newest || newest.sealCount >= this.#sealsPerKey) {
      await this.#create(tenantId, newest?.keyId)
      return
    }
    const total = await this.#store.reserveSeals(tenantId, newest.keyId, sealsPerReservation)
    if (total !== undefined) this.#reservations.set(tenantId, { keyId: newest.keyId, left: sealsPerReservation })
  }

  async #create(tenantId: string, after: string | undefined): Promise<boolean> {
    const raw = randomBytes(32)
    const keyId = randomBytes(8).toString('hex')
    const wrapped = await this.#keyManager.wrap(raw, { tenantId, keyId })
    const key = importTenantKey(keyId, raw)
    const record = { tenantId, keyId, kid: this.#keyManager.currentKid, wrapped, sealCount: sealsPerReservation, createdAt: this.#now() }
    // When another process was first, its key is the tenant's: the next turn finds it.
    if (!(await this.#store.insertTenantKey(record, after))) return false
    this.#keys.set(nameOf(tenantId, keyId), key)
    this.#reservations.set(tenantId, { keyId, left: sealsPerReservation })
    return true
  }
}

/** The length keeps apart what a tenant id that ends in digits would blur. */
const nameOf = (tenantId: string, keyId: string): string => `${tenantId.length} ${tenantId}${keyId}`
