import {
  createError,
  InvalidShape,
  parseConnection,
  parseConnections,
  parseProviders,
  parseSession,
  parseStartedSession,
  parseStartSession,
  parseStoreCredential,
  toProblem,
  AuthpipeError,
  type AuthSummary,
  type Connection,
  type Parser,
  type ProviderSummary,
  type ServerErrorCode,
  type Session,
  type StartSessionBody,
  type StoreCredentialBody,
} from '@authpipe/core'
import { mockConnection } from './mockConnection.ts'
import { mockProviders } from './mockProviders.ts'

/** How the user at the provider decides. */
export type MockOutcome = 'approve' | 'deny' | 'expire' | ServerErrorCode

/** What the provider says of a key that a user typed. */
export type MockKeyOutcome = 'approve' | 'unknown_account' | ServerErrorCode

export interface MockHandlerOptions {
  /** @defaultValue the five built-in ones */
  readonly providers?: readonly ProviderSummary[]
  /**
   * What is connected at the start.
   * @defaultValue nothing
   */
  readonly connections?: readonly Connection[] | undefined
  /**
   * Judges a key as its provider would.
   * @defaultValue approves every key
   */
  readonly judgeKey?: ((typed: StoreCredentialBody) => MockKeyOutcome) | undefined
  /** @defaultValue `/api/authpipe` */
  readonly basePath?: string | undefined
}

/** A server in memory, with one user. */
export interface MockHandler {
  /** Answers the browser routes as the real server does; every body passes through the parser of its type first. */
  handler(request: Request): Promise<Response>
  /** Ends a session as the finish page would; one that is no longer pending stays as it is. */
  finish(sessionId: string, outcome: MockOutcome): void
  /** Changes a connection as the server's own work does: what a health check finds, an uninstall at the provider. A page learns of it when it asks. */
  change(connectionId: string, changes: Partial<Connection>): void
}

interface MockSession {
  readonly start: StartSessionBody
  session: Session
}

const newest = '2026-11-22T09:30:00.000Z'
const expiresAt = '2026-11-22T09:40:00.000Z'

/** Makes a server in memory that speaks the wire protocol, for tests and stories. It checks no origin: only a real server guards anything. */
export function createMockHandler({
  providers = mockProviders,
  connections = [],
  judgeKey = () => 'approve',
  basePath = '/api/authpipe',
}: MockHandlerOptions = {}): MockHandler {
  const sessions = new Map<string, MockSession>()
  const connected = new Map(connections.map((connection) => [connection.id, connection]))

  const getProvider = (id: string): ProviderSummary => {
    const provider = providers.find((known) => known.id === id)
    if (!provider) throw createError('unknown_provider', `There is no provider "${id}".`)
    return provider
  }
  const getConnection = (id: string): Connection => {
    const connection = connected.get(id)
    if (!connection) throw createError('connection_not_found', 'There is no such connection.')
    return connection
  }
  const getSession = (id: string): MockSession => {
    const found = sessions.get(id)
    if (!found) throw createError('session_not_found', 'There is no such session.')
    return found
  }

  const startSession = (start: StartSessionBody): string => {
    const { provider, connectionId, sessionId = crypto.randomUUID() } = start
    getProvider(provider)
    if (connectionId) getConnection(connectionId)
    const before = sessions.get(sessionId)
    if (before && before.session.status !== 'pending') throw createError('session_already_used', 'This session was used already.')
    if (!before) sessions.set(sessionId, { start, session: { sessionId, status: 'pending' } })
    return sessionId
  }

  const end = (mock: MockSession, session: Omit<Session, 'sessionId'>): void => {
    if (mock.session.status === 'pending') mock.session = { sessionId: mock.session.sessionId, ...session }
  }

  const connect = ({ provider, kind = 'user', connectionId, scopes = [], settings = {} }: StartSessionBody): Connection => {
    const before = connectionId === undefined ? undefined : connected.get(connectionId)
    const { statusReason: _mended, ...base } = before ?? mockConnection({ provider, kind, id: crypto.randomUUID(), connectedAt: newest })
    const granted = [...new Set([...base.scopes, ...scopes])]
    const connection: Connection = { ...base, status: 'active', scopes: granted, settings: { ...base.settings, ...settings } }
    connected.set(connection.id, connection)
    return connection
  }

  const storeKey = (body: StoreCredentialBody): Connection => {
    const { provider: id, fields, settings = {}, connectionId } = body
    const provider = getProvider(id)
    const way = provider.auth.find(({ kind }) => kind === 'api_key')
    const before = connectionId === undefined ? undefined : getConnection(connectionId)
    if (!way) throw createError('invalid_request', `${provider.name} takes no API key.`)
    for (const { id: setting } of before ? [] : provider.settings.filter(({ onlyFor }) => !onlyFor || onlyFor.includes('api_key'))) {
      if (!settings[setting]) throw createError('invalid_request', `"${setting}" is missing.`, { details: { setting } })
    }
    for (const { id: field } of way.fields) {
      if (!fields[field]) throw createError('invalid_request', `"${field}" is missing.`, { details: { field } })
    }
    const outcome = judgeKey(body)
    if (outcome !== 'approve') throw refusal(outcome, provider, way)
    const { statusReason: _mended, ...base } = before ?? keyConnection(provider, settings)
    const connection: Connection = { ...base, status: 'active' }
    connected.set(connection.id, connection)
    return connection
  }

  const route = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url)
    if (!pathname.startsWith(`${basePath}/`)) throw createError('not_found', 'There is nothing here.')
    const [collection, id = '', action] = pathname.slice(basePath.length + 1).split('/').map(decodeURIComponent)
    switch ([request.method, collection, id && ':id', action].filter(Boolean).join(' ')) {
      case 'GET providers':
        return answer(parseProviders, { providers })
      case 'POST sessions': {
        const { start, form } = await readStart(request)
        const sessionId = startSession(start)
        if (form) return new Response('<!doctype html><title>Opening the provider</title>', { headers: { 'content-type': 'text/html; charset=utf-8' } })
        return answer(parseStartedSession, { sessionId, authorizationUrl: 'https://provider.example/authorize', expiresAt }, 201)
      }
      case 'GET sessions :id':
        return answer(parseSession, getSession(id).session)
      case 'DELETE sessions :id':
        end(getSession(id), { status: 'cancelled' })
        return new Response(null, { status: 204 })
      case 'GET connections': {
        const asked = searchParams.get('provider')
        return answer(parseConnections, { connections: [...connected.values()].filter(({ provider }) => asked === null || provider === asked) })
      }
      case 'POST connections':
        return answer(parseConnection, storeKey(parseStoreCredential(await request.json(), 'body')), 201)
      case 'GET connections :id':
      case 'POST connections :id check':
      case 'POST connections :id refresh':
        return answer(parseConnection, getConnection(id))
      case 'DELETE connections :id':
        getConnection(id)
        connected.delete(id)
        return new Response(null, { status: 204 })
      default:
        throw createError('not_found', 'There is nothing here.')
    }
  }

  return {
    change: (connectionId, changes) => void connected.set(connectionId, { ...getConnection(connectionId), ...changes }),
    handler: (request) => route(request).catch(refuse),
    finish(sessionId, outcome) {
      const mock = sessions.get(sessionId)
      if (mock?.session.status !== 'pending') return
      if (outcome === 'approve') end(mock, { status: 'complete', connection: connect(mock.start), reconnected: mock.start.connectionId !== undefined })
      else if (outcome === 'deny') end(mock, { status: 'denied', error: { code: 'authorization_denied', message: 'Access was not approved.' } })
      else if (outcome === 'expire') end(mock, { status: 'expired', error: { code: 'session_expired', message: 'The session expired.' } })
      else end(mock, { status: 'failed', error: { code: outcome, message: 'The mock provider failed as it was told to.' } })
    },
  }
}

/** What the real server makes of a key's connection: nothing that ends, nothing that was granted. */
function keyConnection({ id: provider, attachment }: ProviderSummary, settings: Readonly<Record<string, string>>): Connection {
  const { expiresAt: _never, ...base } = mockConnection({ id: crypto.randomUUID(), provider, attachment, connectedAt: newest, settings })
  return { ...base, credentialType: 'api_key', scopes: [] }
}

function refusal(outcome: Exclude<MockKeyOutcome, 'approve'>, { name, settings }: ProviderSummary, { fields }: AuthSummary): AuthpipeError {
  if (outcome === 'unknown_account') return createError('invalid_request', `${name} knows no such account.`, { details: { setting: settings[0]?.id ?? '' } })
  const namesField = outcome === 'credential_rejected' || outcome === 'insufficient_scope'
  const field = fields.findLast(({ secret }) => secret)?.id ?? ''
  return createError(outcome, `The mock ${name} answered as it was told to.`, namesField ? { details: { field } } : {})
}

function answer<T>(parse: Parser<T>, body: T, status = 200): Response {
  return Response.json(parse(body, 'answer'), { status, headers: { 'cache-control': 'no-store' } })
}

function refuse(error: unknown): Response {
  const known = error instanceof AuthpipeError ? error : error instanceof InvalidShape ? createError('invalid_request', error.message) : undefined
  if (!known) throw error
  return Response.json(toProblem(known), { status: known.status, headers: { 'content-type': 'application/problem+json' } })
}

async function readStart(request: Request): Promise<{ readonly start: StartSessionBody; readonly form: boolean }> {
  const type = request.headers.get('content-type') ?? ''
  if (type.startsWith('application/json')) return { start: parseStartSession(await request.json(), 'body'), form: false }
  if (!type.startsWith('application/x-www-form-urlencoded')) throw new AuthpipeError('invalid_request', 'Send JSON or a form.', { status: 415 })
  const body: Record<string, unknown> = {}
  const settings: Record<string, string> = {}
  const scopes: string[] = []
  for (const [name, value] of new URLSearchParams(await request.text())) {
    if (name === 'scopes') scopes.push(value)
    else if (name.startsWith('settings.')) settings[name.slice('settings.'.length)] = value
    else body[name] = value
  }
  return { start: parseStartSession({ ...body, scopes, settings }, 'body'), form: true }
}
