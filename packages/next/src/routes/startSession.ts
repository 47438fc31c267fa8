// `POST /sessions`: the start of every connect.
import { createError, parseStartSession, type StartedSession, type StartSessionBody } from '@authpipe/core'
import { randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import { createInstallRequest } from '../installations/installRequest.ts'
import { createAuthorizationRequest, type AuthorizationRequest } from '../oauth/authorizationRequest.ts'
import { expectedIssuer } from '../oauth/authorizationServer.ts'
import { isSamePrincipal, type Principal } from '../principal.ts'
import type { RegisteredProvider } from '../registrations.ts'
import { signRelayState } from '../relay/relayState.ts'
import { checkSettings } from '../settings.ts'
import type { SessionRecord } from '../store/store.ts'
import { checkAllowed, findOwnConnection, ownerOf } from './accessRules.ts'
import { callbackUrl, contextIdOf } from '../callbackUrl.ts'
import { bindingCookie, createBinding, hashOf, isSameHash, readBindingCookie, sessionLifetimeMs } from './bindingCookie.ts'
import { hopPage } from './pages/hopPage.ts'
import { mediaType, parseBody, readFormBody, readJsonBody, unsupportedType } from './requestBody.ts'
import { resolveReturnTo } from './returnTo.ts'
import { jsonResponse, type Route, type RouteContext } from './route.ts'
import { openSession, sealSession, type SessionKind } from './sessionSecret.ts'

/** Starts of one principal within one session's lifetime. */
const mostSessions = 300
const collectedAtOnce = 100
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** Everything that a start asks for, checked. */
interface Start {
  readonly principal: Principal
  readonly provider: RegisteredProvider
  readonly sessionId: string
  readonly scopes: readonly string[]
  readonly settings: Readonly<Record<string, string>>
  /** Names the tenant's own app in the callback path. */
  readonly contextId: string | undefined
  readonly connectionId: string | undefined
  readonly returnTo: string | undefined
  readonly mode: 'popup' | 'redirect'
  readonly kind: SessionKind
}

export const startSession: Route = async (context) => {
  const { engine, request } = context
  const isForm = mediaType(request) === 'application/x-www-form-urlencoded'
  if (isForm) context.page = {}
  const principal = await context.principal()
  const start = await checkStart(context, principal, await readStart(request, isForm))

  const known = readBindingCookie(engine.baseUrl, request)
  const binding = known ?? createBinding()
  const session = (await repeatSession(engine, start, binding)) ?? (await createSession(engine, start, binding))
  const cookie = bindingCookie(engine.baseUrl, binding)
  const { authorizationUrl } = await openSession(engine, session)
  if (isForm) return hopPage(start.provider.definition.name, authorizationUrl, cookie)
  const body: StartedSession = { sessionId: session.id, authorizationUrl, expiresAt: new Date(session.expiresAt).toISOString() }
  return jsonResponse(body, 201, { 'set-cookie': cookie })
}

async function readStart(request: Request, isForm: boolean): Promise<StartSessionBody> {
  if (!isForm && mediaType(request) !== 'application/json') throw unsupportedType('application/json, or a form')
  return parseBody(parseStartSession, isForm ? fromForm(await readFormBody(request)) : await readJsonBody(request))
}

/** A form repeats `scopes` and writes settings as `settings.subdomain`; an empty field is one that was left out. */
function fromForm(form: URLSearchParams): Record<string, unknown> {
  const body: Record<string, unknown> = {}
  const settings: Record<string, string> = {}
  const scopes = form.getAll('scopes').filter((scope) => scope !== '')
  for (const [name, value] of form) {
    if (value === '' || name === 'scopes') continue
    if (name.startsWith('settings.')) settings[name.slice('settings.'.length)] = value
    else if (Object.hasOwn(body, name)) throw createError('invalid_request', `"${name}" may stand in the form only once.`)
    else Object.defineProperty(body, name, { value, enumerable: true })
  }
  return { ...body, settings, ...(scopes.length > 0 ? { scopes } : {}) }
}

async function checkStart(context: RouteContext, principal: Principal, body: StartSessionBody): Promise<Start> {
  const { engine, page } = context
  const sessionId = body.sessionId ?? randomUUID()
  if (!uuid.test(sessionId)) throw createError('invalid_request', 'The sessionId must be a UUID in lower case, such as crypto.randomUUID() makes.')
  if (page) page.sessionId = sessionId
  const registered = engine.registrations.get(body.provider)
  if (page) page.providerName = registered.definition.name
  const kind = body.kind ?? (registered.hasOAuth ? 'user' : 'installation')
  if (kind === 'user' && !registered.hasOAuth) throw createError('invalid_request', `${registered.definition.name} has no sign-in. Send its key to POST /connections.`)

  const connection = body.connectionId === undefined ? undefined : await findOwnConnection(engine, principal, body.connectionId, 'reconnect')
  if (connection && connection.provider !== registered.id) throw createError('connection_not_found', 'There is no such connection of this provider.')
  if (!connection) await checkAllowed(engine, principal, 'connect', registered.id)
  const settings = connection ? connection.settings : checkSettings(registered, kind === 'user' ? 'oauth2' : 'installation', body.settings ?? {})
  const provider = await registered.at({ tenantId: principal.tenantId, settings })
  return {
    principal,
    provider,
    sessionId,
    scopes: checkScopes(provider, body.scopes ?? []),
    settings,
    contextId: registered.isPerTenant ? contextIdOf(registered.id, principal.tenantId) : undefined,
    connectionId: connection?.id,
    returnTo: body.mode === 'redirect' ? resolveReturnTo(engine.baseUrl, body.returnTo) : undefined,
    mode: body.mode ?? 'popup',
    kind,
  }
}

/** A page may ask for more than the registration does, but only for what the definition or the registration knows. */
function checkScopes(provider: RegisteredProvider, extra: readonly string[]): string[] {
  const known = new Set([...provider.definition.auth.flatMap((way) => (way.kind === 'oauth2' ? way.scopes.map((scope) => scope.id) : [])), ...provider.scopes])
  const unknown = extra.find((scope) => !known.has(scope))
  if (unknown !== undefined) throw createError('invalid_request', `${provider.definition.name} has no such scope. Add it to "scopes" of its registration if it is new.`)
  return [...new Set([...provider.scopes, ...extra])]
}

/** The same start once more, from a lost answer or a second click: the same session. */
async function repeatSession(engine: Engine, start: Start, binding: string): Promise<SessionRecord | undefined> {
  const session = await engine.store.findSession(start.sessionId)
  if (!session) return undefined
  if (!isSamePrincipal(session, start.principal)) throw createError('session_not_found', 'There is no such session.')
  const isSame = session.status === 'pending' && isSameHash(session.requestHash, requestHash(start))
  if (!isSame) throw createError('session_already_used', 'This session was used already. Start again with a new sessionId.')
  if (engine.now() >= session.expiresAt) throw createError('session_expired', 'The session expired. Start again with a new sessionId.')
  // The answer that carried the first cookie may never have arrived; it is the same person, so the newest browser is meant.
  const bindingHash = hashOf(binding)
  if (!isSameHash(session.bindingHash, bindingHash)) await engine.store.rebindSession(session.id, bindingHash)
  return session
}

async function createSession(engine: Engine, start: Start, binding: string): Promise<SessionRecord> {
  const now = engine.now()
  const { principal, provider, scopes, sessionId: id, contextId, connectionId, returnTo, settings, mode } = start
  if ((await engine.store.countSessions(principal.tenantId, principal.userId, now - sessionLifetimeMs)) >= mostSessions) {
    throw createError('rate_limited', 'Too many connects were started. Wait a few minutes.', { details: { retryAfterSeconds: sessionLifetimeMs / 1000 } })
  }
  engine.background(engine.store.deleteSessions(now - sessionLifetimeMs, collectedAtOnce))

  const expiresAt = now + sessionLifetimeMs
  const redirectUri = callbackUrl(engine.relay?.through ?? engine.baseUrl, provider.id, contextId)
  const { issuer, ...request } = await createRequest(start, redirectUri, await createRelayState(engine, expiresAt))
  const session: SessionRecord = {
    id,
    ...principal,
    provider: provider.id,
    stateHash: hashOf(request.state),
    bindingHash: hashOf(binding),
    requestHash: requestHash(start),
    sealed: await sealSession(engine, { id, tenantId: principal.tenantId, provider: provider.id }, start.kind, request),
    redirectUri,
    ...(issuer === undefined ? {} : { issuer }),
    scopes,
    settings,
    ...(contextId === undefined ? {} : { contextId }),
    ...(connectionId === undefined ? {} : { connectionId }),
    ...(returnTo === undefined ? {} : { returnTo }),
    mode,
    status: 'pending',
    createdAt: now,
    expiresAt,
  }
  if (await engine.store.insertSession(session)) return session
  // Two of the same start at once: the first one counts.
  const first = await repeatSession(engine, start, binding)
  if (!first) throw createError('session_not_found', 'There is no such session.')
  return first
}

/** Where the person is sent, with what judges the answer. */
async function createRequest(
  { kind, provider, settings, scopes }: Start,
  redirectUri: string,
  state: string | undefined,
): Promise<AuthorizationRequest & { readonly issuer: string | undefined }> {
  if (kind === 'installation') return { ...createInstallRequest(provider.installation, state), issuer: undefined }
  const client = provider.oauth(settings)
  return { ...(await createAuthorizationRequest(client, redirectUri, scopes, state)), issuer: expectedIssuer(client) }
}

/** On a preview, a state that brings the answer back here; elsewhere none, since any will do. */
async function createRelayState({ relay, baseUrl }: Engine, expiresAt: number): Promise<string | undefined> {
  return relay?.through && signRelayState(relay.keys[0], { aud: relay.through.href, sub: baseUrl.href, exp: Math.ceil(expiresAt / 1000) })
}

function requestHash({ kind, principal, provider, scopes, settings, connectionId, returnTo, mode }: Start): Uint8Array {
  return hashOf(JSON.stringify([principal.tenantId, ownerOf(provider, principal), provider.id, scopes, settings, connectionId ?? null, returnTo ?? null, mode, kind]))
}
