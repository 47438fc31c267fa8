// Request → route → Response, with the one catch of the server.
import { AuthpipeError, createError, toProblem } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import type { Engine } from './engine.ts'
import { log } from './log.ts'
import { resolvePrincipal, type Principal } from './principal.ts'
import { checkOwnConnection, disconnectConnection, listConnections, readConnection, refreshOwnConnection } from './routes/connections.ts'
import { giveCredential, takeCredential } from './routes/credentials.ts'
import { finishSession } from './routes/finishSession.ts'
import { forServers } from './routes/forServers.ts'
import { listEvents } from './routes/listEvents.ts'
import { listProviders } from './routes/listProviders.ts'
import { errorPage } from './routes/pages/errorPage.ts'
import { checkOrigin } from './routes/requestOrigin.ts'
import { receiveWebhook } from './routes/receiveWebhook.ts'
import { runMaintenance } from './routes/runMaintenance.ts'
import { jsonResponse, redirectResponse, type Route, type RouteContext } from './routes/route.ts'
import { cancelSession, readSession } from './routes/sessions.ts'
import { showCallback } from './routes/showCallback.ts'
import { startSession } from './routes/startSession.ts'
import { storeCredential } from './routes/storeCredential.ts'

interface RouteEntry {
  readonly path: string
  readonly route: Route
  /** Whether it changes something, so that only a page of the own origin may ask. */
  readonly changes: boolean
}

const get = (path: string, route: Route): RouteEntry => ({ path: `GET ${path}`, route, changes: false })
const change = (path: string, route: Route): RouteEntry => ({ path, route, changes: true })

/** Asked by another server of the app, which has a secret key and no origin. */
const server = (path: string, route: Route): RouteEntry => ({ path, route: forServers(route), changes: false })

const routes: readonly RouteEntry[] = [
  get('/providers', listProviders),
  change('POST /sessions', startSession),
  // Before `/sessions/:id`: the first match counts.
  change('POST /sessions/finish', finishSession),
  get('/sessions/:id', readSession),
  change('DELETE /sessions/:id', cancelSession),
  get('/callback/:provider', showCallback),
  get('/callback/:provider/:contextId', showCallback),
  // A provider's form_post comes from its own origin, and all it gets is a page.
  { path: 'POST /callback/:provider', route: showCallback, changes: false },
  { path: 'POST /callback/:provider/:contextId', route: showCallback, changes: false },
  get('/connections', listConnections),
  change('POST /connections', storeCredential),
  get('/connections/:id', readConnection),
  change('DELETE /connections/:id', disconnectConnection),
  change('POST /connections/:id/check', checkOwnConnection),
  change('POST /connections/:id/refresh', refreshOwnConnection),
  server('POST /credentials', giveCredential),
  server('PUT /credentials', takeCredential),
  server('GET /events', listEvents),
  // A cron job is no page, and brings a secret instead; some can only GET.
  get('/maintenance', runMaintenance),
  { path: 'POST /maintenance', route: runMaintenance, changes: false },
  // A provider posts from where it is, and signs instead.
  { path: 'POST /webhooks/:provider/:endpointId', route: receiveWebhook, changes: false },
]

/** Answers a request to the mounted routes; never throws. */
export async function handleRequest(engine: Engine, request: Request): Promise<Response> {
  const url = new URL(request.url)
  let asked: Promise<Principal> | undefined
  const principal = (): Promise<Principal> => (asked ??= resolvePrincipal(engine.config.identify, request, engine.config.identifyTimeoutMs))
  const unrouted = { engine, request, url, principal }
  let context: RouteContext = { ...unrouted, params: {} }
  try {
    const { entry, params } = match(request.method, pathBelow(engine.baseUrl.pathname, url.pathname))
    context = { ...unrouted, params }
    if (isPageRequest(entry, request)) context.page = {}
    if (entry.changes) checkOrigin(engine.baseUrl, request)
    return await entry.route(context)
  } catch (error) {
    return errorResponse(context, error)
  }
}

/** A navigation is answered with a page whatever goes wrong; a script's request with a problem body. */
function isPageRequest({ route }: RouteEntry, request: Request): boolean {
  const isForm = (request.headers.get('content-type') ?? '').startsWith('application/x-www-form-urlencoded')
  return route === showCallback || route === finishSession || (route === startSession && isForm)
}

function pathBelow(mount: string, pathname: string): string {
  // Only the one way to write each path: nothing doubled, encoded, dotted or trailing.
  if (!pathname.startsWith(`${mount}/`) || !/^(\/[A-Za-z0-9_-]+)+$/.test(pathname.slice(mount.length))) throw notFound()
  return pathname.slice(mount.length)
}

function match(method: string, path: string): { entry: RouteEntry; params: Record<string, string> } {
  const allowed: string[] = []
  for (const entry of routes) {
    const [entryMethod = '', pattern = ''] = entry.path.split(' ')
    const params = matchPath(pattern, path)
    if (!params) continue
    if (entryMethod === method) return { entry, params }
    allowed.push(entryMethod)
  }
  if (allowed.length === 0) throw notFound()
  throw new AuthpipeError('invalid_request', `This path takes ${allowed.join(' and ')}, not ${method}.`, { status: 405, details: { allow: allowed } })
}

function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = value
    else if (part !== value) return undefined
  }
  return params
}

function notFound(): AuthpipeError {
  return createError('not_found', 'There is no such route. See "HTTP" in the documentation for those that are.')
}

function errorResponse({ engine, page }: RouteContext, thrown: unknown): Response {
  const error = thrown instanceof AuthpipeError ? thrown : unexpected(thrown)
  if (error.status === 500) log('a request failed', { code: error.code, instance: error.instance ?? '', message: error.code === 'internal_error' ? '' : error.message })
  // Who is not the one that started is not sent anywhere with the session's id.
  if (page?.returnTo !== undefined && error.code !== 'principal_mismatch') return redirectResponse(page.returnTo)
  if (page) return errorPage(error, page, engine.baseUrl.origin)

  const headers: Record<string, string> = { 'content-type': 'application/problem+json' }
  const { retryAfterSeconds, allow, challenge } = error.details ?? {}
  if (typeof retryAfterSeconds === 'number') headers['retry-after'] = String(retryAfterSeconds)
  if (Array.isArray(allow)) headers.allow = allow.join(', ')
  if (typeof challenge === 'string') headers['www-authenticate'] = challenge
  return jsonResponse(toProblem(error), error.status || 500, headers)
}

/** What nobody foresaw gets an id, so that a report can be matched with the log; its text may hold anything and stays out of both. */
function unexpected(thrown: unknown): AuthpipeError {
  const instance = randomUUID()
  log('an unexpected error', { instance, name: thrown instanceof Error ? thrown.name : typeof thrown, at: firstFrame(thrown) })
  return createError('internal_error', 'Something went wrong that was not foreseen.', { instance, cause: thrown })
}

function firstFrame(thrown: unknown): string {
  if (!(thrown instanceof Error)) return ''
  const { message, stack = '' } = thrown
  // The stack begins with the text, which could itself read like a frame.
  const frame = /\n\s+at ([^\n]+)/.exec(stack.slice(stack.indexOf(message) + message.length))?.[1]
  return frame?.replace(/\(?(?:file:\/\/)?\/.*\//, '(') ?? ''
}
