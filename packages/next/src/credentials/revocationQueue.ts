// Tokens to revoke at providers: what a disconnect leaves behind until the provider has heard of it.
import { AuthpipeError } from '@authpipe/core'
import { backoffMs } from '../backoffMs.ts'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { revokeToken } from '../oauth/tokenRequests.ts'
import { Pace } from '../pace.ts'
import { Pump } from '../pump.ts'
import type { RevocationRecord } from '../store/store.ts'
import { isAccountInUse } from './isAccountInUse.ts'
import { openSecret } from './sealTokens.ts'
import { decodeSecret } from './storedSecret.ts'

/** Tokens of one grant that this process has taken, in the order in which they are to end. */
type Grant = readonly RevocationRecord[]

const [atOnce, batch] = [4, 20]
/** Requests in a second to one provider, by one process. */
const perSecond = 10
/** A token that could not be revoked for so long is dropped here; it runs out by itself at the provider. */
const keptForMs = 30 * 86_400_000
/** How long what was taken stays away from other processes: longer than it takes to send. */
const claimMs = 60_000
const backoff = { firstMs: 30_000, longestMs: 3_600_000 }
/** When tokens are looked at again whose account is still in use, or whose provider is not registered here. */
const lookAgainMs = 6 * 3_600_000
/** How long a provider that took no token and named no time is left alone. */
const restMs = 5_000

/** Sends revocations that are due. There is one for each engine, so that a pace holds for a process. */
export class RevocationQueue {
  readonly #engine: () => Engine
  readonly #pump: Pump<Grant>
  readonly #pace = new Pace()
  readonly #restsUntil = new Map<string, number>()
  #ended = 0

  /** @param engine - is asked for once it exists */
  constructor(engine: () => Engine) {
    this.#engine = engine
    this.#pump = new Pump<Grant>({ take: () => this.#take(), work: (grant) => this.#send(grant), giveBack: (grant) => this.#postpone(grant, engine().now()) }, atOnce)
  }

  /** How many tokens this process is done with. */
  get ended(): number {
    return this.#ended
  }

  /** Sends what is due. @returns once all of it was sent or put off @throws {AuthpipeError} `store_unavailable` */
  run(): Promise<void> {
    return this.#pump.run()
  }

  /** Begins nothing more. @returns once nothing is under way */
  stop(): Promise<void> {
    return this.#pump.stop()
  }

  async #take(): Promise<Grant[]> {
    const { store, now } = this.#engine()
    const due = await store.listDueRevocations(now(), batch)
    const grants = Map.groupBy(due, ({ tenantId, connectionId, grantGeneration }) => JSON.stringify([tenantId, connectionId, grantGeneration]))
    const taken: Grant[] = []
    for (const tokens of grants.values()) {
      const grant: RevocationRecord[] = []
      for (const token of tokens) {
        // Who has the first token of a grant has all of them.
        if (!(await store.claimRevocation(token.id, token.attempts, now() + claimMs))) break
        grant.push({ ...token, attempts: token.attempts + 1 })
      }
      if (grant.length > 0) taken.push(grant)
    }
    return taken
  }

  /** Sends the tokens of a grant in their order: the next one only when the one before it is done with. */
  async #send(grant: Grant): Promise<void> {
    const { store, now } = this.#engine()
    let obstacle = await this.#findObstacle(grant)
    for (const [index, token] of grant.entries()) {
      const isOver = now() - token.createdAt >= keptForMs
      if (isOver) log('a revocation was given up: its token could not be revoked in 30 days', { provider: token.provider, connection: token.connectionId })
      else if (obstacle === undefined) obstacle = await this.#revoke(token)
      if (!isOver && obstacle !== undefined) return this.#postpone(grant.slice(index), obstacle + backoffMs(token.attempts, backoff))
      await store.deleteRevocation(token.id)
      this.#ended += 1
    }
  }

  /** A millisecond apart, so that they keep their order, and not past their last day. */
  async #postpone(grant: Grant, until: number): Promise<void> {
    for (const [index, { id, createdAt }] of grant.entries()) await this.#engine().store.postponeRevocation(id, Math.min(until + index, createdAt + keptForMs))
  }

  /** Until when nothing of a grant is to be sent, if anything is in the way. */
  async #findObstacle([token]: Grant): Promise<number | undefined> {
    const engine = this.#engine()
    if (!token) return undefined
    const rest = this.#restOf(token.provider)
    if (rest !== undefined) return rest
    const provider = engine.registrations.find(token.provider)
    if (!provider?.hasOAuth) return engine.now() + lookAgainMs
    const { tenantId, connectionId } = token
    const connection = await engine.store.findConnection(tenantId, connectionId)
    const isInUse = connection && (await isAccountInUse(engine, provider, { tenantId, accountId: connection.account.id }))
    return isInUse ? engine.now() + lookAgainMs : undefined
  }

  /** @returns when to send it again at the earliest, or `undefined` when the token is done with */
  async #revoke(token: RevocationRecord): Promise<number | undefined> {
    const engine = this.#engine()
    const { provider: id, field, settings, attempts, connectionId: connection } = token
    try {
      const plaintext = await openSecret(engine, id, token)
      const client = (await engine.registrations.get(id).at(token)).oauth(settings)
      await this.#pace.turn(id, perSecond)
      // It may have asked for rest while this one waited.
      const rest = this.#restOf(id)
      if (rest !== undefined) return rest
      const [secret, hint] = field === 'refresh_token' ? ([new TextDecoder().decode(plaintext), 'refresh_token'] as const) : ([readAccessToken(plaintext), 'access_token'] as const)
      await engine.telemetry.measure('revoke', { provider: id, attempt: attempts }, () => revokeToken(engine.outbound.fetch, client, secret, hint))
      return undefined
    } catch (error) {
      const { code, details } = error instanceof AuthpipeError ? error : { code: 'internal_error', details: undefined }
      // Neither becomes better by another try: a token that does not open, and an answer that says nothing.
      if (code === 'credential_undecryptable' || code === 'provider_response_invalid') {
        log('a revocation was given up', { provider: id, connection, code })
        return undefined
      }
      // Whoever is down for a while refuses many, again and again.
      if (attempts === 1) log('a token could not be revoked; it is tried again', { provider: id, connection, code })
      const now = engine.now()
      if (!code.startsWith('provider_')) return now
      const until = now + (typeof details?.retryAfterSeconds === 'number' ? details.retryAfterSeconds * 1_000 : restMs)
      this.#restsUntil.set(id, Math.max(until, this.#restOf(id) ?? 0))
      return until
    }
  }

  /** Until when a provider is left alone, if it is. */
  #restOf(provider: string): number | undefined {
    const until = this.#restsUntil.get(provider) ?? 0
    return until > this.#engine().now() ? until : undefined
  }
}

function readAccessToken(plaintext: Uint8Array): string {
  const secret = decodeSecret(plaintext)
  return 'accessToken' in secret ? secret.accessToken : ''
}
