import type { OAuth2Definition } from '@authpipe/core'
import type { TokenSet } from '../oauth/tokenResponse.ts'
import type { SchedulePatch } from '../store/store.ts'

/** What a token answer is about. */
export interface GrantContext {
  readonly definition: OAuth2Definition
  readonly tokens: Pick<TokenSet, 'refreshToken' | 'grantLifetimeSeconds'>
  /** Epoch milliseconds. */
  readonly receivedAt: number
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly warnBeforeMs: number
}

type GrantTimes = Pick<SchedulePatch, 'grantEndsAt' | 'warnAt'>

/**
 * When a new grant ends by age, and when that is told: `warnBeforeMs` before it, at most a quarter of its life. A grant without a refresh
 * token ends with its access token.
 */
export function grantTimes(context: GrantContext): GrantTimes {
  const { tokens, receivedAt, expiresAt } = context
  return timesOf(tokens.refreshToken === undefined ? expiresAt - receivedAt : refreshTokenLifeMs(context), context)
}

/** The same after a refresh: an answer that says nothing of the refresh token leaves what is known of it. */
export function renewedGrantTimes(context: GrantContext): GrantTimes {
  const { definition, tokens } = context
  const isNew = definition.refreshTokenRotation && tokens.refreshToken !== undefined
  return isNew || tokens.grantLifetimeSeconds !== undefined ? timesOf(refreshTokenLifeMs(context), context) : {}
}

function timesOf(lifeMs: number | undefined, { receivedAt, warnBeforeMs }: GrantContext): GrantTimes {
  if (lifeMs === undefined) return { grantEndsAt: null, warnAt: null }
  const grantEndsAt = receivedAt + lifeMs
  return { grantEndsAt, warnAt: Math.floor(grantEndsAt - Math.min(warnBeforeMs, lifeMs / 4)) }
}

function refreshTokenLifeMs({ definition, tokens }: GrantContext): number | undefined {
  const seconds = tokens.grantLifetimeSeconds ?? definition.refreshTokenLifetimeSeconds
  return seconds === undefined ? undefined : seconds * 1000
}
