import { once } from 'node:events'
import { createConnection } from 'node:net'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { sandboxClient, sandboxEndpoints, startSandbox, type Sandbox } from './index.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

/** What the server says to bytes that no client library would send. */
async function say(bytes: string): Promise<string> {
  const socket = createConnection(Number(new URL(sandbox.url).port), '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk) => (heard += chunk.toString('latin1')))
  socket.end(bytes)
  await once(socket, 'close')
  return heard.split('\r\n', 1)[0] ?? ''
}

describe('startSandbox', () => {
  it('shows a person what stands here', async () => {
    const response = await fetch(sandbox.url)

    expect(response.status).toBe(200)
    expect(await response.text()).toContain('livechat')
  })

  it.each(['/unknown', '/livechat', '/livechat/v2/unknown', '/plain/', '/livechat-api/v3.5/agent/action/list_chats', '//livechat/', '/controls'])(
    'answers 404 to %s',
    async (path) => {
      expect((await fetch(sandbox.url + path)).status).toBe(404)
    },
  )

  it('answers 405 to a method that a path does not have', async () => {
    expect((await fetch(`${sandbox.url}/livechat/v2/token`)).status).toBe(405)
  })

  it('answers 413 to a body beyond its cap', async () => {
    const response = await fetch(`${sandbox.url}/livechat/v2/token`, { method: 'POST', body: 'a'.repeat(1_048_577) })

    expect(response.status).toBe(413)
  })

  it.each([
    ['a target that is no path', 'GET http://%zz/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
    ['an empty host', 'GET //:0:/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', 'HTTP/1.1 404 Not Found'],
    ['no HTTP at all', 'hello\r\n\r\n', 'HTTP/1.1 400 Bad Request'],
  ])('survives %s', async (_, bytes, firstLine) => {
    expect(await say(bytes)).toBe(firstLine)
    expect((await fetch(`${sandbox.url}/control`)).status).toBe(200)
  })

  it.each(['{', 'null', '[]', '"text"', ''])('survives %j as a JSON body', async (body) => {
    const response = await fetch(`${sandbox.url}/livechat/v2/token`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })

    expect(response.status).toBe(401)
  })

  it('keeps sandboxes apart', async () => {
    const other = await startSandbox()
    other.livechat.set({ expiresInSeconds: 1 })
    await fetch(`${other.url}/livechat/`)

    expect(sandbox.livechat.authorizationRequests()).toBe(0)
    expect(sandbox.livechat.state().settings).toMatchObject({ expiresInSeconds: 28_800 })
    await other.close()
  })

  it('fails with EADDRINUSE when the port is taken', async () => {
    await expect(startSandbox({ port: Number(new URL(sandbox.url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('stops listening when it is closed', async () => {
    const own = await startSandbox()
    await own.close()

    await expect(fetch(own.url)).rejects.toThrow('fetch failed')
  })
})

describe('sandboxEndpoints', () => {
  it('lays LiveChat out as its hosts are', () => {
    expect(sandboxEndpoints('livechat', 'http://127.0.0.1:4010')).toEqual({
      authorizationEndpoint: 'http://127.0.0.1:4010/livechat/',
      tokenEndpoint: 'http://127.0.0.1:4010/livechat/v2/token',
      revocationEndpoint: 'http://127.0.0.1:4010/livechat/v2/token',
      accountsBaseUrl: 'http://127.0.0.1:4010/livechat/v2',
      apiBaseUrl: 'http://127.0.0.1:4010/livechat-api/v3.6',
    })
  })

  it.each([
    ['help-scout', { authorizationEndpoint: '/help-scout/authentication/authorizeClientApplication', tokenEndpoint: '/help-scout-api/v2/oauth2/token', apiBaseUrl: '/help-scout-api/v2' }],
    ['freshdesk', { apiBaseUrl: '/freshdesk/{subdomain}/api/v2' }],
    [
      'freshservice',
      {
        authorizationEndpoint: '/freshworks/{organization}/org/oauth/v2/authorize',
        tokenEndpoint: '/freshworks/{organization}/org/oauth/v2/token',
        apiBaseUrl: '/freshservice/{subdomain}/api/v2',
      },
    ],
    ['crisp', { apiBaseUrl: '/crisp-api/v1', installEndpoint: '/crisp/initiate/plugin' }],
  ] as const)('lays out %s', (standIn, paths) => {
    const endpoints = Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, `http://127.0.0.1:4010${path}`]))

    expect(sandboxEndpoints(standIn, 'http://127.0.0.1:4010')).toEqual(endpoints)
  })

  it('lays out the plain provider', () => {
    expect(sandboxEndpoints('plain', 'http://127.0.0.1:4010')).toEqual({
      authorizationEndpoint: 'http://127.0.0.1:4010/plain/authorize',
      tokenEndpoint: 'http://127.0.0.1:4010/plain/token',
      revocationEndpoint: 'http://127.0.0.1:4010/plain/revoke',
      issuer: 'http://127.0.0.1:4010/plain',
      apiBaseUrl: 'http://127.0.0.1:4010/plain/api',
    })
  })
})

describe('sandboxClient', () => {
  it('gives a copy that nobody can spoil for others', () => {
    Object.assign(sandboxClient('plain'), { clientId: 'spoilt' })

    expect(sandboxClient('plain')).toEqual({ clientId: 'sandbox-plain', clientSecret: 'plain_secret_CANARY_sandbox' })
  })
})
