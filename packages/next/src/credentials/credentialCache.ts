// Credentials in memory, found by what a caller asks with. The warm path of getCredential is this file and nothing else.
import { RevealedCredential } from '@authpipe/core/server'
import { FramedCredential } from './framedCredential.ts'

/** The time between two changes of a tenant's connections: with its end all entries made in it are stale. */
export interface TenantEpoch {
  isOver: boolean
  /** The entries of a tenant share the text of its id. */
  readonly tenantId: string
}

/** A plain question. */
export interface Question {
  readonly provider: string
  readonly tenantId: string
  readonly userId: string | undefined
}

/** How long an answer may be given, in epoch milliseconds. */
export interface AnswerLife {
  /** From then on the store is asked again. */
  readonly freshUntil: number
  /** From then on a hit has the store asked behind its back, so that nobody waits for it; absent: never. */
  readonly renewFrom?: number
}

/**
 * One remembered answer. Those with the same key are a short chain. Its instants count from when its generation began: such small
 * numbers take no memory beside the entry.
 */
class Entry extends FramedCredential {
  readonly tenantId: string
  readonly userId: string | undefined
  readonly freshUntil: number
  readonly renewFrom: number
  readonly epoch: TenantEpoch
  /** At which tick the epoch was found to go on: it need not be asked again before the next one. */
  comparedAt: number
  /** How often it answered since that was last asked. */
  reads = 0
  next: Entry | undefined

  constructor(userId: string | undefined, credential: FramedCredential, freshUntil: number, renewFrom: number, epoch: TenantEpoch, comparedAt: number) {
    super(credential.frame, credential.credential, credential.connectionId, credential.expiresAt, credential.generation)
    this.tenantId = epoch.tenantId
    this.userId = userId
    this.freshUntil = freshUntil
    this.renewFrom = renewFrom
    this.epoch = epoch
    this.comparedAt = comparedAt
    this.next = undefined
  }
}

/** Beyond this many entries of one key (a user id such as "default" in many tenants) they are found by a composed key. */
const maxChain = 8
/** Longest life, 12 days: the largest number that needs no memory of its own. */
const longestMs = 2 ** 30

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
  /** How many epochs have ended. */
  #tick = 0
  /** When each generation began, in epoch milliseconds. */
  #youngStart: number
  #oldStart: number
  readonly #now: () => number
  /** Answers of entries that were settled; those of the others are counted by themselves. */
  #settledReads = 0
  #misses = 0
  readonly #renewing = new Set<Entry>()
  readonly #renew: ((question: Question) => Promise<unknown>) | undefined
  readonly #noteReads: ((tenantId: string, connectionId: string, reads: number) => void) | undefined

  /**
   * @param now - the clock, in epoch milliseconds
   * @param renew - has an answer read anew that is about to be too old; it never rejects
   * @param noteReads - is told how often an entry answered, when it goes or `settleReads` asks
   */
  constructor(
    maxEntries: number,
    now: () => number,
    renew?: (question: Question) => Promise<unknown>,
    noteReads?: (tenantId: string, connectionId: string, reads: number) => void,
  ) {
    this.#half = Math.max(1, Math.ceil(maxEntries / 2))
    this.#now = now
    this.#youngStart = this.#oldStart = now()
    this.#renew = renew
    this.#noteReads = noteReads
  }

  /** A remembered answer that is still fresh. */
  find(provider: string, tenantId: string, userId: string | undefined, now: number): RevealedCredential | undefined {
    let entry = this.#young.get(userId ?? tenantId)
    while (entry !== undefined && (entry.tenantId !== tenantId || entry.frame.provider !== provider || entry.userId !== userId)) entry = entry.next
    if (entry === undefined) entry = this.#revive(provider, tenantId, userId)
    const elapsed = now - this.#youngStart
    if (entry === undefined || elapsed >= entry.freshUntil || !this.#isUnchanged(entry)) {
      this.#misses += 1
      return undefined
    }
    if (elapsed >= entry.renewFrom) this.#renewBehind(entry)
    entry.reads += 1
    return new RevealedCredential(entry, false, entry.credential)
  }

  /**
   * A remembered answer that is too old to go unasked, for when nobody can be asked.
   *
   * @param outageMs - how long after it was fresh it may still be given; never past the end of the credential
   */
  findOutlasting({ provider, tenantId, userId }: Question, now: number, outageMs: number): RevealedCredential | undefined {
    const entry = findInChain(this.#young.get(userId ?? tenantId), { provider, tenantId, userId }) ?? this.#revive(provider, tenantId, userId)
    if (entry === undefined || !this.#isUnchanged(entry) || now - this.#youngStart >= entry.freshUntil + outageMs || now >= (entry.expiresAt ?? Infinity)) return undefined
    entry.reads += 1
    return new RevealedCredential(entry, false, entry.credential, true)
  }

  /** The tenant's epoch, to be asked for before a read of the store; `put` refuses what was read in one that is over. */
  epochOf(tenantId: string): TenantEpoch {
    let epoch = this.#epochs.get(tenantId)
    if (!epoch) this.#epochs.set(tenantId, (epoch = { isOver: false, tenantId }))
    return epoch
  }

  put({ tenantId, userId }: Question, credential: FramedCredential, { freshUntil, renewFrom = Infinity }: AnswerLife, epoch: TenantEpoch): void {
    if (this.#epochs.get(tenantId) !== epoch) return
    if (this.#youngCount >= this.#half) this.age()
    this.#insert(new Entry(userId, credential, sinceStart(freshUntil, this.#youngStart), sinceStart(renewFrom, this.#youngStart), epoch, this.#tick))
  }

  /** Makes every answer of a tenant stale: something about its connections changed. */
  forgetTenant(tenantId: string): void {
    const epoch = this.#epochs.get(tenantId)
    if (!epoch) return
    epoch.isOver = true
    this.#epochs.delete(tenantId)
    this.#tick += 1
  }

  /** Drops what was neither put nor read since the last time, so that no secret stays in memory for ever. */
  age(): void {
    this.#settle(this.#old)
    this.#old = this.#young
    this.#oldStart = this.#youngStart
    this.#young = new Map()
    this.#youngStart = this.#now()
    this.#youngCount = 0
    this.#dropIdleEpochs()
  }

  /** Tells how often entries answered since the last time. */
  settleReads(): void {
    this.#settle(this.#young)
    this.#settle(this.#old)
  }

  /** How many questions were answered, and how many were not. It goes through all entries, so that answering counts nothing of its own. */
  countLookups(): { readonly hits: number; readonly misses: number } {
    this.settleReads()
    return { hits: this.#settledReads, misses: this.#misses }
  }

  clear(): void {
    this.settleReads()
    this.#young.clear()
    this.#old.clear()
    this.#youngCount = 0
    this.#epochs.clear()
  }

  #settle(generation: ReadonlyMap<string, Entry>): void {
    for (const head of generation.values()) for (let entry: Entry | undefined = head; entry !== undefined; entry = entry.next) this.#settleEntry(entry)
  }

  #settleEntry(entry: Entry): void {
    if (entry.reads === 0) return
    this.#settledReads += entry.reads
    this.#noteReads?.(entry.tenantId, entry.connectionId, entry.reads)
    entry.reads = 0
  }

  #isUnchanged(entry: Entry): boolean {
    if (entry.comparedAt === this.#tick) return true
    if (entry.epoch.isOver) return false
    entry.comparedAt = this.#tick
    return true
  }

  #renewBehind(entry: Entry): void {
    if (!this.#renew || this.#renewing.has(entry)) return
    this.#renewing.add(entry)
    const { tenantId, userId, frame } = entry
    void this.#renew({ provider: frame.provider, tenantId, userId }).finally(() => this.#renewing.delete(entry))
  }

  #insert(entry: Entry): void {
    this.#youngCount += 1
    const key = entry.userId ?? entry.tenantId
    let length = 0
    let rest: Entry | undefined
    for (let other = this.#young.get(key); other !== undefined; ) {
      const following: Entry | undefined = other.next
      if (isAnswer(other, questionOf(entry))) this.#settleEntry(other)
      else {
        other.next = rest
        rest = other
        length += 1
      }
      other = following
    }
    if (length < maxChain) {
      entry.next = rest
      this.#young.set(key, entry)
    } else {
      if (rest) this.#young.set(key, rest)
      const longKey = composedKey(questionOf(entry))
      const replaced = this.#young.get(longKey)
      if (replaced) this.#settleEntry(replaced)
      this.#young.set(longKey, entry)
    }
  }

  /** Finds what the short chain of the younger generation does not hold: a long chain's overflow, or the older generation. */
  #revive(provider: string, tenantId: string, userId: string | undefined): Entry | undefined {
    const question = { provider, tenantId, userId }
    const findIn = (generation: ReadonlyMap<string, Entry>): Entry | undefined => {
      const chain = generation.get(userId ?? tenantId)
      // Only beside a chain can there be what it had no room for.
      return chain && (findInChain(chain, question) ?? findInChain(generation.get(composedKey(question)), question))
    }
    const overflow = findIn(this.#young)
    if (overflow !== undefined) return overflow
    const old = findIn(this.#old)
    if (old === undefined) return undefined
    // A new one, since the old one's chain goes on; the insert may begin a generation, from which it counts.
    const [freshUntil, renewFrom] = [this.#oldStart + old.freshUntil, this.#oldStart + old.renewFrom]
    if (this.#youngCount >= this.#half) this.age()
    const entry = new Entry(old.userId, old, sinceStart(freshUntil, this.#youngStart), sinceStart(renewFrom, this.#youngStart), old.epoch, old.comparedAt)
    this.#insert(entry)
    return entry
  }

  #dropIdleEpochs(): void {
    const inUse = new Set<TenantEpoch>()
    for (const head of this.#old.values()) for (let entry: Entry | undefined = head; entry !== undefined; entry = entry.next) inUse.add(entry.epoch)
    for (const [tenantId, epoch] of this.#epochs) if (!inUse.has(epoch)) this.#epochs.delete(tenantId)
  }
}

/** A small number for an instant; what lies further off than the longest life is cut. */
function sinceStart(instant: number, start: number): number {
  return Math.max(-longestMs, Math.min(longestMs, Math.floor(instant - start)))
}

function findInChain(head: Entry | undefined, question: Question): Entry | undefined {
  let entry = head
  while (entry !== undefined && !isAnswer(entry, question)) entry = entry.next
  return entry
}

/** A user id can look like a composed key, so what stands there is compared too. */
function isAnswer(entry: Entry, { provider, tenantId, userId }: Question): boolean {
  return entry.tenantId === tenantId && entry.frame.provider === provider && entry.userId === userId
}

const questionOf = ({ frame, tenantId, userId }: Entry): Question => ({ provider: frame.provider, tenantId, userId })

/** JSON, so that no id can pretend to be two. */
function composedKey({ provider, tenantId, userId }: Question): string {
  return JSON.stringify([provider, tenantId, userId ?? null])
}
