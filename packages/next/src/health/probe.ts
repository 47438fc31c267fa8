// One look at a connection: asks the provider with the credential as it is, and blames nobody for what goes wrong on the way.
import { AuthpipeError, type StatusReason, type Verdict } from '@authpipe/core'
import { judgeAnswer, type AppliedCredential } from '@authpipe/core/server'
import { connectionNotFound } from '../credentials/connectionErrors.ts'
import { readCredential, revealStored } from '../credentials/getCredential.ts'
import { sendProviderRequest, type ReadAnswer } from '../credentials/providerRequest.ts'
import { refreshCredential } from '../credentials/refreshCredential.ts'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import { isOwnFault, wasNotSent } from '../outboundFetch.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { ConnectionRecord, StoredCredential } from '../store/store.ts'
import { findingOf, type Finding } from './finding.ts'

const settled: Finding = { kind: 'settled', isAnswered: false }

/** Ends of a grant that a refresh has judged: no request with the credential tells more. */
const judgedByRefresh: readonly (StatusReason | undefined)[] = ['grant_revoked', 'refresh_token_expired', 'rotation_lost', 'unconfirmed']

/** Whether a connection was ended by what the provider said to a refresh. */
export function wasEndedByRefresh({ status, statusReason }: Pick<ConnectionRecord, 'status' | 'statusReason'>): boolean {
  return status === 'needs_reauth' && judgedByRefresh.includes(statusReason)
}

/**
 * Looks at a connection once. A token that the provider calls dead is refreshed before anybody is blamed, unless somebody has done so.
 *
 * @throws {AuthpipeError} `store_unavailable` or `vault_unavailable` (retryable): nothing was found out
 */
export function probe(engine: Engine, connection: ConnectionRecord): Promise<Finding> {
  // What a provider finds wrong is a finding and no failure of the check.
  return engine.telemetry.measure('check', { provider: connection.provider }, () => look(engine, connection), ({ kind, reason }) => ({ outcome: reason ?? kind }))
}

async function look(engine: Engine, connection: ConnectionRecord): Promise<Finding> {
  try {
    const first = await ask(engine, connection)
    if (first.verdict !== 'credential_dead' || !first.isRefreshable) return found(connection, first)
    const { tenantId, id: connectionId } = connection
    await settling(refreshCredential(engine, { tenantId, connectionId }, first.tokenGeneration))
    const second = await ask(engine, connection)
    // It gives tokens and does not take them: that is the provider's business.
    return second.verdict === 'credential_dead' ? { kind: 'trouble', isAnswered: true } : found(connection, second)
  } catch (error) {
    return blame(engine, connection, error)
  }
}

/** What the provider said to one request, and to which token. */
interface Asked {
  readonly verdict: Verdict
  readonly retryAfterSeconds: number | undefined
  readonly tokenGeneration: number
  readonly isRefreshable: boolean
}

function found({ kind }: ConnectionRecord, { verdict, retryAfterSeconds }: Asked): Finding {
  return findingOf(verdict, kind, retryAfterSeconds)
}

async function ask(engine: Engine, connection: ConnectionRecord): Promise<Asked> {
  const stored = await findFresh(engine, connection)
  const provider = await engine.registrations.get(connection.provider).at(connection)
  const answer = await sendCheck(engine, provider, connection, await revealStored(engine, stored))
  const { credentialType, tokenGeneration } = stored.connection
  return {
    verdict: judge(provider, answer),
    retryAfterSeconds: answer.retryAfterSeconds,
    tokenGeneration,
    isRefreshable: credentialType === 'oauth_token' && stored.refreshAt !== undefined,
  }
}

/** A page with good news or a ban comes from what stands in front of the API. */
function judge(provider: RegisteredProvider, answer: ReadAnswer): Verdict {
  return answer.isPage && (answer.status < 300 || answer.status === 403) ? 'unavailable' : judgeAnswer(provider.definition, answer)
}

/** The credential as it is stored, once it is good for a request. */
async function findFresh(engine: Engine, connection: ConnectionRecord): Promise<StoredCredential> {
  const { tenantId, id: connectionId, provider, ownerId, kind, credentialType } = connection
  const lookup = { tenantId, connectionId, provider, ownerId, kind, credentialType }
  const find = async (): Promise<StoredCredential> => {
    const stored = await engine.store.findCredential(lookup)
    if (!stored) throw connectionNotFound()
    return stored
  }
  const stored = await find()
  if ((stored.connection.expiresAt ?? Infinity) > engine.now() + engine.config.refresh.minLifeMs) return stored
  // It refreshes what is over, or ends what cannot be refreshed.
  const query = { provider, tenantId, connectionId, credentialType, credentialFor: kind, ...(ownerId ? { userId: ownerId } : {}) }
  await settling(readCredential(engine, query, { evenFailed: true }))
  return find()
}

/** Sends the provider's own check, to the region that it names where it names one. */
async function sendCheck(engine: Engine, provider: RegisteredProvider, { settings }: ConnectionRecord, credential: AppliedCredential): Promise<ReadAnswer> {
  const { healthCheck, regionHeaders } = provider.definition
  const send = (headers: AppliedCredential['headers']): Promise<ReadAnswer> => {
    const applied = { headers, searchParams: credential.searchParams }
    return sendProviderRequest(engine.outbound.fetch, provider, settings, applied, healthCheck, AbortSignal.timeout(engine.config.health.timeoutMs))
  }
  const answer = await send(credential.headers)
  const region = judgeAnswer(provider.definition, answer) === 'wrong_region' ? regionHeaders?.(answer) : undefined
  return region ? send({ ...credential.headers, ...region }) : answer
}

/** A refresh that brought no token: it has stored what that says. */
class Settled extends Error {
  override readonly name = 'Settled'

  constructor(cause: unknown) {
    super('A refresh within a check brought no token.', { cause })
  }
}

/** Marks what a refresh is thrown with. */
function settling<T>(refresh: Promise<T>): Promise<T> {
  return refresh.catch((error: unknown) => {
    throw new Settled(error)
  })
}

function blame(engine: Engine, connection: ConnectionRecord, thrown: unknown): Finding {
  const error = thrown instanceof Settled ? thrown.cause : thrown
  const code = error instanceof AuthpipeError ? error.code : 'internal_error'
  if (code === 'store_unavailable' || code === 'vault_unavailable') throw error
  if (thrown instanceof Settled && error instanceof AuthpipeError) return settled
  switch (code) {
    case 'connection_not_found':
    case 'needs_reauth':
      return settled
    case 'provider_unreachable':
      return { kind: wasNotSent(error) ? 'unreachable' : 'trouble', isAnswered: false, isOurs: isOwnFault(error) }
    case 'provider_misconfigured':
      return { kind: 'ours', isAnswered: false }
    default:
      if (engine.health.reported.isFirst(`${connection.id} ${code}`, Infinity, 0)) {
        log('a health check could not be made', { connection: connection.id, provider: connection.provider, code, name: error instanceof Error ? error.name : '' })
      }
      return { kind: 'unclear', isAnswered: false }
  }
}
