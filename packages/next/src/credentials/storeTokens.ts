// Making the answer of a refresh lasting. It may be the only copy of a rotated token, so it is kept until it is stored.
import { AuthpipeError, type StatusReason } from '@authpipe/core'
import { setTimeout as sleep } from 'node:timers/promises'
import { commitChange } from '../commitChange.ts'
import type { Engine } from '../engine.ts'
import { createEvent } from '../events/authpipeEvent.ts'
import { log } from '../log.ts'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { RegisteredProvider } from '../registrations.ts'
import type { ConnectionRecord } from '../store/store.ts'
import { connectionNotFound } from './connectionErrors.ts'
import { discardTokens } from './discardTokens.ts'
import type { HeldRefresh, Refreshed } from './refreshCredential.ts'
import { refreshTime } from './refreshTime.ts'
import { sealTokens } from './sealTokens.ts'
import { settleRefresh } from './settleRefresh.ts'

/** Longest wait between two tries to store a token. */
const longestWaitMs = 1_000

/** Why a refresh by another process may have ended a grant that this one's answer proves alive. */
const judgedByRefresh: readonly (StatusReason | undefined)[] = ['grant_revoked', 'rotation_lost', 'unconfirmed', 'refresh_token_expired']

/**
 * Stores what the provider gave, however long the database takes. The request is never repeated for it. A token of a later refresh
 * stays; what a refresh that began later has concluded without a token is repaired.
 */
export async function storeTokens(engine: Engine, provider: RegisteredProvider, held: HeldRefresh, tokens: TokenSet): Promise<Refreshed> {
  const receivedAt = engine.now()
  for (let attempt = 0; ; attempt += 1) {
    try {
      // The row as it was read is right unless somebody wrote meanwhile.
      const present = attempt === 0 ? held.before : await engine.store.findConnection(held.before.tenantId, held.before.id)
      if (!present || present.grantGeneration !== held.before.grantGeneration) return await settleEnded(engine, provider, held, tokens, present)
      // A refresh that began later has stored its token already.
      if (present.tokenGeneration >= held.generation) return await settleRefresh(engine, present)
      const stored = await storeOver(engine, provider, held, tokens, present, receivedAt)
      if (stored) return { connection: stored, accessToken: tokens.accessToken }
    } catch (error) {
      if (!(error instanceof AuthpipeError && error.code === 'store_unavailable') || engine.closing.aborted) throw error
      if (attempt === 0) log('a refreshed token cannot be stored yet; it is kept and tried again', { connection: held.before.id })
      await sleep(Math.min(longestWaitMs, 50 * 2 ** attempt), undefined, { signal: engine.closing }).catch(() => undefined)
    }
  }
}

async function storeOver(engine: Engine, provider: RegisteredProvider, held: HeldRefresh, tokens: TokenSet, present: ConnectionRecord, receivedAt: number): Promise<ConnectionRecord | undefined> {
  const { definition } = provider.oauth(present.settings)
  const expiresAt = receivedAt + Math.max(1, tokens.lifetimeSeconds ?? definition.accessTokenLifetimeSeconds) * 1000
  const { statusReason, ...rest } = present
  const isRepaired = present.status === 'needs_reauth' && judgedByRefresh.includes(statusReason)
  const after: ConnectionRecord = {
    ...rest,
    ...(isRepaired ? { status: 'active' as const } : statusReason === undefined ? {} : { statusReason }),
    scopes: tokens.scopes ?? present.scopes,
    missingScopes: tokens.scopes ? [...present.scopes, ...present.missingScopes].filter((scope) => !tokens.scopes?.includes(scope)) : present.missingScopes,
    healthState: 'healthy',
    healthCheckedAt: receivedAt,
    updatedAt: receivedAt,
    expiresAt,
    tokenGeneration: held.generation,
  }
  const events = [createEvent('token.refreshed', after, receivedAt)]
  if (isRepaired || present.healthState === 'degraded') events.push(createEvent('connection.recovered', after, receivedAt))
  const landed = await commitChange(
    engine,
    {
      tenantId: after.tenantId,
      connectionId: after.id,
      expect: { grantGeneration: present.grantGeneration, revision: present.revision, tokenGenerationBelow: held.generation },
      connection: after,
      secrets: await sealTokens(engine, after, tokens),
      schedule: {
        refreshAt: refreshTime(receivedAt, expiresAt, engine.config.refresh.aheadMs),
        refreshedAt: receivedAt,
        failingSince: null,
        failureCount: 0,
        failureClass: null,
        suspectedAt: null,
        ...(isRepaired ? { demotedAt: null } : {}),
      },
      endLease: { owner: engine.owner },
    },
    events,
  )
  return landed ? after : undefined
}

/** A reconnect or disconnect came between and wins: these tokens end at the provider. */
async function settleEnded(engine: Engine, provider: RegisteredProvider, { before }: HeldRefresh, tokens: TokenSet, present: ConnectionRecord | undefined): Promise<Refreshed> {
  const { tenantId, settings } = before
  engine.background(discardTokens(engine, provider, { tenantId, accountId: before.account.id, settings }, tokens))
  if (!present) throw connectionNotFound()
  return settleRefresh(engine, present)
}
