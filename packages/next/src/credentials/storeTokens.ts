// Making the answer of a refresh lasting. It may be the only copy of a rotated token, so it is kept until it is stored.
import { AuthpipeError, type StatusReason } from '@authpipe/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { noteAnswer } from '../health/breakers.ts'
import { nextCheckAt } from '../health/checkTime.ts'
import { log } from '../log.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { connectionNotFound } from './connectionErrors.ts'
import { discardTokens } from './discardTokens.ts'
import { renewedGrantTimes } from './grantTimes.ts'
import type { HeldRefresh, Refreshed } from './refreshCredential.ts'
import { refreshTime } from './refreshTime.ts'
import { sealTokens } from './sealTokens.ts'
import { settleRefresh } from './settleRefresh.ts'

/** Longest wait between two tries to store a token: much shorter than who takes over waits for a late report. */
const longestWaitMs = 250

/** What the provider gave. */
interface Answer {
  readonly tokens: TokenSet
  /** When it was asked: the answer may have waited for this process, and its tokens have lived since. */
  readonly askedAt: number
}

/** Why a refresh by another process may have ended a grant that this one's answer proves alive. */
const judgedByRefresh: readonly (StatusReason | undefined)[] = ['grant_revoked', 'rotation_lost', 'unconfirmed', 'refresh_token_expired']

/**
 * Stores what the provider gave, however long the database takes. The request is never repeated for it. A token of a later refresh
 * stays; what a refresh that began later has concluded without a token is repaired.
 */
export async function storeTokens(engine: Engine, provider: RegisteredProvider, held: HeldRefresh, answer: Answer): Promise<Refreshed> {
  const { tokens } = answer
  for (let attempt = 0; ; attempt += 1) {
    try {
      // The row as it was read is right unless somebody wrote meanwhile.
      const present = attempt === 0 ? held.before : await engine.store.findConnection(held.before.tenantId, held.before.id)
      if (!present || present.grantGeneration !== held.before.grantGeneration) return await settleEnded(engine, provider, held, tokens, present)
      // A refresh that began later has stored its token already.
      if (present.tokenGeneration >= held.generation) return await settleRefresh(engine, present)
      const stored = await storeOver(engine, provider, held, answer, present)
      if (stored) return { connection: stored, accessToken: tokens.accessToken }
    } catch (error) {
      // The database cannot write just now, or the key service cannot seal.
      if (!(error instanceof AuthpipeError && error.retryable)) throw error
      if (engine.closing.aborted) {
        log('a refreshed token is given up, since this process ends and it could not be stored', { connection: held.before.id })
        throw error
      }
      if (attempt === 0) log('a refreshed token cannot be stored yet; it is kept and tried again', { connection: held.before.id })
      await sleep(Math.min(longestWaitMs, 50 * 2 ** attempt), undefined, { signal: engine.closing }).catch(() => undefined)
    }
  }
}

async function storeOver(engine: Engine, provider: RegisteredProvider, held: HeldRefresh, { tokens, askedAt }: Answer, present: ConnectionRecord): Promise<ConnectionRecord | undefined> {
  const { definition } = provider.oauth(present.settings)
  const now = engine.now()
  const expiresAt = askedAt + Math.max(1, tokens.lifetimeSeconds ?? definition.accessTokenLifetimeSeconds) * 1000
  const { statusReason, ...rest } = present
  const isRepaired = present.status === 'needs_reauth' && judgedByRefresh.includes(statusReason)
  const { suspectedAt, failureCount, demotedAt } = held.schedule
  // That the provider gives tokens does not clear a suspicion of what its API refuses.
  const health = suspectedAt === undefined ? ({ healthState: 'healthy', healthCheckedAt: now } as const) : {}
  // What was told to fail, or has been ended and tried again, is told to work.
  const isRecovered = isRepaired || (present.status === 'active' && present.healthState === 'degraded' && (failureCount > 0 || demotedAt !== undefined))
  const after: ConnectionRecord = {
    ...rest,
    ...(isRepaired ? { status: 'active' as const } : statusReason === undefined ? {} : { statusReason }),
    scopes: tokens.scopes ?? present.scopes,
    missingScopes: tokens.scopes ? [...present.scopes, ...present.missingScopes].filter((scope) => !tokens.scopes?.includes(scope)) : present.missingScopes,
    ...health,
    updatedAt: now,
    expiresAt,
    tokenGeneration: held.generation,
  }
  const events = [createEvent('token.refreshed', after, now)]
  if (isRecovered) events.push(createEvent('connection.recovered', after, now))
  const landed = await commitChange(
    engine,
    {
      tenantId: after.tenantId,
      connectionId: after.id,
      expect: { grantGeneration: present.grantGeneration, revision: present.revision, tokenGenerationBelow: held.generation },
      connection: after,
      secrets: await sealTokens(engine, after, tokens),
      schedule: {
        refreshAt: refreshTime(now, expiresAt, engine.config.refresh.aheadMs),
        refreshedAt: now,
        failingSince: null,
        failureCount: 0,
        // Past the lease somebody may have asked with the older token, which ends this one too at some providers.
        failureClass: now > held.until ? 'outcome_unknown' : null,
        ...(isRepaired ? { suspectedAt: null, checkAt: nextCheckAt(engine) } : {}),
        ...(present.status === 'failed' ? {} : { demotedAt: null }),
        ...renewedGrantTimes({ definition, tokens, receivedAt: askedAt, expiresAt, warnBeforeMs: engine.config.maintenance.warnBeforeMs }),
      },
      endLease: { owner: engine.owner },
    },
    events,
  )
  if (landed) noteAnswer(engine, after.provider, after.id)
  return landed ? after : undefined
}

/** A reconnect or disconnect came between and wins: these tokens end at the provider. */
async function settleEnded(engine: Engine, provider: RegisteredProvider, { before }: HeldRefresh, tokens: TokenSet, present: ConnectionRecord | undefined): Promise<Refreshed> {
  const { tenantId, settings } = before
  engine.background(discardTokens(engine, provider, { tenantId, accountId: before.account.id, settings }, tokens))
  if (!present) throw connectionNotFound()
  return settleRefresh(engine, present)
}
