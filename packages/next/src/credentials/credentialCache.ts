// Credentials in memory, found by what a caller asks with. The warm path of getCredential is this file and nothing else.
import { RevealedCredential, type CredentialParts } from '@authpipe/core/server'

/** What a tenant's entries check: a change of the tenant's connections makes all of them stale at once. */
interface TenantEpoch {
  value: number
}

/** One remembered answer. Those with the same key are a short chain. */
interface Entry {
  readonly tenantId: string
  readonly provider: string
  readonly userId: string | undefined
  readonly credential: string
  readonly parts: CredentialParts
  /** Epoch milliseconds from which on the store is asked again. */
  readonly freshUntil: number
  readonly epoch: TenantEpoch
  readonly seenEpoch: number
  /** At which tick the epoch was found unchanged: it need not be asked again before the next one. */
  comparedAt: number
  next: Entry | undefined
}

/** Beyond this many entries of one key (a user id such as "default" in many tenants) they are found by a composed key. */
const maxChain = 8

/**
 * A bounded cache in two generations: the older one is dropped whole when the younger one is half of what is allowed, and
 * what is still read moves over. So no hit writes, and nothing is ordered.
 *
 * The key is the user id, or the tenant id where no user is named, and the rest is compared: no string is built for a hit.
 * What a hit costs is the memory that it touches. So it makes the credential anew instead of following a pointer to an old one,
 * and asks the tenant's epoch only where some tenant has changed since it last did.
 */
export class CredentialCache {
  readonly #half: number
  #young = new Map<string, Entry>()
  #old = new Map<string, Entry>()
  #youngCount = 0
  readonly #epochs = new Map<string, TenantEpoch>()
  /** Epoch values are never used twice, so that a forgotten tenant cannot come back looking unchanged. */
  #tick = 0

  constructor(maxEntries: number) {
    this.#half = Math.max(1, Math.ceil(maxEntries / 2))
  }

  /** A remembered answer that is still fresh. */
  find(provider: string, tenantId: string, userId: string | undefined, now: number): RevealedCredential | undefined {
    let entry = this.#young.get(userId ?? tenantId)
    while (entry !== undefined && (entry.tenantId !== tenantId || entry.provider !== provider || entry.userId !== userId)) entry = entry.next
    if (entry === undefined) entry = this.#revive(provider, tenantId, userId)
    if (entry === undefined || now >= entry.freshUntil || !this.#isUnchanged(entry)) return undefined
    return new RevealedCredential(entry.parts, false, entry.credential)
  }

  /** What the tenant's epoch is before a read of the store; `put` refuses what was read before a later change. */
  epochOf(tenantId: string): number {
    return this.#epoch(tenantId).value
  }

  put(question: { readonly provider: string; readonly tenantId: string; readonly userId: string | undefined }, credential: RevealedCredential, freshUntil: number, seenEpoch: number): void {
    const { provider, tenantId, userId } = question
    const epoch = this.#epoch(tenantId)
    if (epoch.value !== seenEpoch) return
    const parts = RevealedCredential.partsOf(credential)
    this.#insert({ provider, tenantId, userId, credential: parts.credential, parts, freshUntil, epoch, seenEpoch, comparedAt: this.#tick, next: undefined })
  }

  /** Makes every answer of a tenant stale: something about its connections changed. */
  forgetTenant(tenantId: string): void {
    const epoch = this.#epochs.get(tenantId)
    if (epoch) epoch.value = ++this.#tick
  }

  clear(): void {
    this.#young.clear()
    this.#old.clear()
    this.#youngCount = 0
    this.#epochs.clear()
  }

  #isUnchanged(entry: Entry): boolean {
    if (entry.comparedAt === this.#tick) return true
    if (entry.epoch.value !== entry.seenEpoch) return false
    entry.comparedAt = this.#tick
    return true
  }

  #epoch(tenantId: string): TenantEpoch {
    let epoch = this.#epochs.get(tenantId)
    if (!epoch) this.#epochs.set(tenantId, (epoch = { value: ++this.#tick }))
    return epoch
  }

  #insert(entry: Entry): void {
    if (this.#youngCount >= this.#half) {
      this.#old = this.#young
      this.#young = new Map()
      this.#youngCount = 0
      this.#dropIdleEpochs()
    }
    this.#youngCount += 1
    const key = entry.userId ?? entry.tenantId
    let length = 0
    let rest: Entry | undefined
    for (let other = this.#young.get(key); other !== undefined; other = other.next) {
      if (isSameQuestion(other, entry)) continue
      rest = { ...other, next: rest }
      length += 1
    }
    if (length < maxChain) {
      entry.next = rest
      this.#young.set(key, entry)
    } else {
      this.#young.set(composedKey(entry.provider, entry.tenantId, entry.userId), entry)
    }
  }

  /** Finds what the short chain of the younger generation does not hold: a long chain's overflow, or the older generation. */
  #revive(provider: string, tenantId: string, userId: string | undefined): Entry | undefined {
    const key = userId ?? tenantId
    // A user id can look like a composed key, so what stands there is compared too.
    const answers = (entry: Entry): boolean => entry.tenantId === tenantId && entry.provider === provider && entry.userId === userId
    const findIn = (generation: ReadonlyMap<string, Entry>): Entry | undefined => {
      const chain = generation.get(key)
      // Only beside a chain can there be what it had no room for.
      return chain && (findInChain(chain, answers) ?? findInChain(generation.get(composedKey(provider, tenantId, userId)), answers))
    }
    const overflow = findIn(this.#young)
    if (overflow !== undefined) return overflow
    const old = findIn(this.#old)
    if (old !== undefined) this.#insert({ ...old, next: undefined })
    return old
  }

  #dropIdleEpochs(): void {
    const inUse = new Set<TenantEpoch>()
    for (const head of this.#old.values()) for (let entry: Entry | undefined = head; entry !== undefined; entry = entry.next) inUse.add(entry.epoch)
    for (const [tenantId, epoch] of this.#epochs) if (!inUse.has(epoch)) this.#epochs.delete(tenantId)
  }
}

function findInChain(head: Entry | undefined, answers: (entry: Entry) => boolean): Entry | undefined {
  let entry = head
  while (entry !== undefined && !answers(entry)) entry = entry.next
  return entry
}

function isSameQuestion(one: Entry, other: Entry): boolean {
  return one.tenantId === other.tenantId && one.provider === other.provider && one.userId === other.userId
}

/** JSON, so that no id can pretend to be two. */
function composedKey(provider: string, tenantId: string, userId: string | undefined): string {
  return JSON.stringify([provider, tenantId, userId ?? null])
}
