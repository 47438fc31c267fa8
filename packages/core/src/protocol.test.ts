import { describe, expect, it } from 'vitest'
import { parseConnection, parseConnections, type Connection } from './connection.ts'
import {
  isCompletionMessage,
  parseProblem,
  parseProviders,
  parseSession,
  parseStartedSession,
  parseStartSession,
  type ProviderSummary,
} from './protocol.ts'
import { InvalidShape, type Parser } from './shape.ts'

const connection: Connection = {
  id: 'conn_1',
  provider: 'livechat',
  kind: 'user',
  tenantId: 'org_acme',
  userId: 'user_1',
  attachment: 'user',
  credentialType: 'oauth_token',
  status: 'needs_reauth',
  statusReason: 'grant_revoked',
  isDefault: true,
  account: { id: 'acc_1', label: 'Ada' },
  scopes: ['chats--all:ro'],
  missingScopes: [],
  settings: { subdomain: 'acme' },
  health: { state: 'healthy', checkedAt: '2026-11-22T10:00:00.000Z' },
  connectedAt: '2026-11-22T09:00:00.000Z',
  updatedAt: '2026-11-22T10:00:00.000Z',
  expiresAt: '2026-11-22T18:00:00.000Z',
}

const provider: ProviderSummary = {
  id: 'livechat',
  name: 'LiveChat',
  description: 'Chats.',
  category: 'Customer Support',
  website: 'https://www.livechat.com',
  docsUrl: 'https://platform.text.com/docs',
  attachment: 'user',
  auth: [{ kind: 'oauth2', scopes: [{ id: 'chats--all:ro', description: 'Read chats' }], fields: [] }],
  settings: [{ id: 'subdomain', label: 'Domain', pattern: '[a-z]+' }],
  setup: { steps: ['Open the console.'] },
}

/** What a parser says of something wrong. */
function problemOf(parse: Parser<unknown>, value: unknown): string {
  try {
    parse(value, 'body')
  } catch (error) {
    if (error instanceof InvalidShape) return error.message
    throw error
  }
  throw new Error('It was accepted.')
}

describe('every parser', () => {
  it.each([
    ['parseConnection', parseConnection],
    ['parseConnections', parseConnections],
    ['parseProviders', parseProviders],
    ['parseSession', parseSession],
    ['parseStartedSession', parseStartedSession],
    ['parseStartSession', parseStartSession],
  ] as [string, Parser<unknown>][])('refuses what is not an object: %s', (_, parse) => {
    for (const value of [undefined, null, 'text', 7, true, [], [connection]]) expect(problemOf(parse, value)).toBe('body is not an object.')
  })
})

describe('parseConnection', () => {
  it('gives back a whole connection', () => {
    expect(parseConnection(JSON.parse(JSON.stringify(connection)), 'body')).toEqual(connection)
  })

  it('leaves absent what is absent or null', () => {
    const { userId: _, expiresAt: __, ...rest } = connection
    expect(Object.keys(parseConnection({ ...rest, statusReason: null, expiresAt: null }, 'body'))).not.toEqual(
      expect.arrayContaining(['userId', 'expiresAt', 'statusReason']),
    )
  })

  it('drops members that it does not know', () => {
    expect(parseConnection({ ...connection, accessToken: 'CANARY' }, 'body')).toEqual(connection)
  })

  it('accepts a reason that a newer server may give, and drops one that is no word', () => {
    expect(parseConnection({ ...connection, statusReason: 'moved_away' }, 'body').statusReason).toBe('moved_away')
    expect(parseConnection({ ...connection, statusReason: '<b>' }, 'body').statusReason).toBeUndefined()
  })

  it.each([
    [{ id: 7 }, 'body.id is not a string.'],
    [{ status: 'fine' }, 'body.status is not one of active, needs_reauth, failed, revoked.'],
    [{ isDefault: 'yes' }, 'body.isDefault is not true or false.'],
    [{ account: { label: 'Ada' } }, 'body.account.id is not a string.'],
    [{ scopes: 'chats--all:ro' }, 'body.scopes is not a list.'],
    [{ scopes: ['a', 7] }, 'body.scopes[1] is not a string.'],
    [{ settings: { subdomain: 7 } }, 'body.settings.subdomain is not a string.'],
    [{ health: {} }, 'body.health.state is not one of healthy, degraded, unknown.'],
  ])('names the member that is wrong: %j', (change, message) => {
    expect(problemOf(parseConnection, { ...connection, ...change })).toBe(message)
  })

  it('never quotes the value that is wrong', () => {
    expect(problemOf(parseConnection, { ...connection, status: 'CANARY' })).not.toContain('CANARY')
  })

  // HT-13
  it('takes nothing from prototypes, and lets nothing reach them', () => {
    const hostile: unknown = JSON.parse(
      JSON.stringify({ ...connection, settings: {} }).replace('"settings":{}', '"settings":{"__proto__":{"polluted":"yes"},"constructor":"c"}'),
    )
    const { settings } = parseConnection(hostile, 'body')
    expect(Object.getPrototypeOf(settings)).toBe(Object.prototype)
    expect(settings).toEqual({ constructor: 'c' })
    expect(problemOf(parseConnection, Object.create(connection))).toBe('body.id is not a string.')
  })
})

describe('parseStartSession', () => {
  it('gives back every member of a start', () => {
    const start = {
      provider: 'livechat',
      sessionId: '6f2b0d2c-58f5-4d2e-9a57-0c9b1d6f3e21',
      scopes: ['chats--all:ro'],
      settings: { subdomain: 'acme' },
      connectionId: 'conn_1',
      returnTo: '/integrations',
      mode: 'redirect',
    }
    expect(parseStartSession(start, 'body')).toEqual(start)
  })

  // ST-18
  it('drops what the server derives by itself', () => {
    const smuggled = {
      provider: 'livechat',
      tenantId: 'org_evil',
      userId: 'user_evil',
      codeVerifier: 'v',
      redirect_uri: 'https://evil.example',
      expiresAt: '2099-01-01',
    }
    expect(parseStartSession(smuggled, 'body')).toEqual({ provider: 'livechat' })
  })

  it.each([
    [{}, 'body.provider is not a string.'],
    [{ provider: ['livechat'] }, 'body.provider is not a string.'],
    [{ provider: 'livechat', scopes: 'a b' }, 'body.scopes is not a list.'],
    [{ provider: 'livechat', settings: ['acme'] }, 'body.settings is not an object.'],
    [{ provider: 'livechat', mode: 'iframe' }, 'body.mode is not one of popup, redirect.'],
  ])('refuses %j', (value, message) => {
    expect(problemOf(parseStartSession, value)).toBe(message)
  })
})

describe('parseStartedSession', () => {
  it('needs id, URL and end', () => {
    const started = { sessionId: 's', authorizationUrl: 'https://a.example/', expiresAt: '2026-11-22T10:10:00.000Z' }
    expect(parseStartedSession(started, 'body')).toEqual(started)
    expect(problemOf(parseStartedSession, { ...started, authorizationUrl: undefined })).toBe('body.authorizationUrl is not a string.')
  })
})

describe('parseSession', () => {
  it.each(['pending', 'complete', 'denied', 'cancelled', 'failed', 'expired'])('knows the status %s', (status) => {
    expect(parseSession({ sessionId: 's', status }, 'body')).toEqual({ sessionId: 's', status })
  })

  it('refuses the status that only the database has', () => {
    expect(problemOf(parseSession, { sessionId: 's', status: 'redeeming' })).toBe(
      'body.status is not one of pending, complete, denied, cancelled, failed, expired.',
    )
  })

  it('carries the connection of a completed one and the error of a failed one', () => {
    expect(parseSession({ sessionId: 's', status: 'complete', connection, reconnected: true }, 'body')).toEqual({
      sessionId: 's',
      status: 'complete',
      connection,
      reconnected: true,
    })
    expect(parseSession({ sessionId: 's', status: 'failed', error: { code: 'a', message: 'b', stack: 'c' } }, 'body').error).toEqual({
      code: 'a',
      message: 'b',
    })
  })
})

describe('parseProviders', () => {
  it('gives back every summary', () => {
    expect(parseProviders({ providers: [provider] }, 'body')).toEqual({ providers: [provider] })
  })

  it('drops an endpoint or a client id that a server should not have sent', () => {
    const [parsed] = parseProviders(
      { providers: [{ ...provider, clientId: 'id', auth: [{ ...provider.auth[0], tokenEndpoint: 'https://a.example' }] }] },
      'body',
    ).providers
    expect(parsed).toEqual(provider)
  })

  it('says which of several is wrong', () => {
    expect(problemOf(parseProviders, { providers: [provider, { ...provider, attachment: 'team' }] })).toBe(
      'body.providers[1].attachment is not one of tenant, user.',
    )
  })
})

describe('parseConnections', () => {
  it('gives back every connection', () => {
    expect(parseConnections({ connections: [connection, connection] }, 'body').connections).toEqual([connection, connection])
  })
})

describe('isCompletionMessage', () => {
  const doorbell = { v: 1, type: 'authpipe:completion', sessionId: 's1' }

  it('knows the doorbell of its own session', () => {
    expect(isCompletionMessage(doorbell, 's1')).toBe(true)
  })

  it.each([
    null,
    undefined,
    'authpipe:completion',
    7,
    [],
    {},
    { ...doorbell, v: 2 },
    { ...doorbell, type: 'success' },
    { ...doorbell, sessionId: 's2' },
  ])('ignores %j', (message) => {
    expect(isCompletionMessage(message, 's1')).toBe(false)
  })
})

describe('parseProblem', () => {
  it('reads code, message, status, details and log id', () => {
    const body = {
      type: 'about:blank',
      title: 'T',
      status: 400,
      detail: 'Text.',
      code: 'invalid_request',
      details: { setting: 'subdomain', allow: ['GET'] },
      instance: 'id-1',
    }
    expect(parseProblem(body, 400)).toMatchObject({
      code: 'invalid_request',
      message: 'Text.',
      status: 400,
      retryable: false,
      details: { setting: 'subdomain', allow: ['GET'] },
      instance: 'id-1',
    })
  })

  it.each([null, '<html>', {}, { code: 7 }, { code: 'x', details: { nested: {} } }])(
    'calls it network_error where there is no problem body: %j',
    (body) => {
      expect(parseProblem(body, 502)).toMatchObject({
        code: 'network_error',
        message: 'The server answered 502 without saying why.',
        status: 502,
        retryable: true,
      })
      expect(parseProblem(body, 404)).toMatchObject({
        code: 'network_error',
        message: 'The server answered 404 without saying why.',
        status: 404,
        retryable: false,
      })
    },
  )
})
