// The door for other servers of the app: a secret key opens it, and nothing that a browser sends by itself.
import { createError, type AuthpipeError } from '@authpipe/core'
import type { Engine } from '../engine.ts'
import { log } from '../log.ts'
import type { Route } from './route.ts'

/** Refused requests of a minute that are answered with the reason; the rest are told to wait. A right key is never counted. */
const mostRefusals = 100

/** A route that takes a secret key as bearer token, and no browser. */
export const forServers =
  (route: Route): Route =>
  async (context) => {
    checkServer(context.engine, context.request)
    return route(context)
  }

/**
 * @throws {AuthpipeError} `origin_not_allowed` for a browser, whatever key it sends; `unauthenticated` without one of our keys;
 * `rate_limited` where too many came without
 * @see RFC 6750 §2.1
 */
function checkServer(engine: Engine, { headers }: Request): void {
  if (isFromBrowser(headers)) {
    throw createError('origin_not_allowed', 'This is for servers alone: a secret key in a browser is everybody\'s. Ask from your own server.')
  }
  const [, key] = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  if (key === undefined || !engine.secretKeys.has(key)) throw refusal(engine)
}

/** Node's own fetch, too, sends `Sec-Fetch-Mode: cors`, and that header alone. */
function isFromBrowser(headers: Headers): boolean {
  const isNodes = (name: string): boolean => name === 'sec-fetch-mode' && headers.get(name) === 'cors'
  return headers.has('origin') || [...headers.keys()].some((name) => name.startsWith('sec-fetch-') && !isNodes(name))
}

/** The same words whatever is wrong: which keys there are is nobody's business but the log's. */
function refusal(engine: Engine): AuthpipeError {
  const now = engine.now()
  const { count, endsAt } = engine.refusals.add(now)
  if (count === 1) {
    const hint = engine.secretKeys.areConfigured ? {} : { fix: 'set AUTHPIPE_SECRET_KEYS or "secretKeys"' }
    log(engine.secretKeys.areConfigured ? 'a request for servers came without a valid secret key' : 'a request for servers was refused, since no secret key is configured', hint)
  }
  if (count > mostRefusals) {
    return createError('rate_limited', 'Too many requests came without a valid secret key. Wait a minute.', { details: { retryAfterSeconds: Math.ceil((endsAt - now) / 1000) } })
  }
  return createError('unauthenticated', 'This needs a secret key of this server, as bearer token.', { details: { challenge: 'Bearer' } })
}
