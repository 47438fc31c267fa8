import { parseStartedSession, type Provider } from '@authpipe/core'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'

const key = 'acme_0123456789abcdef'
const origin = 'http://localhost:3000'
const person = { tenantId: 'org_acme', userId: 'user_123' }

const root = join(import.meta.dirname, '../../..')
// Inside the workspace, where the packages are found.
const folder = mkdtempSync(join(root, '.snippets-'))
let server: Server
let authpipe: Authpipe

/** Plays Acme Helpdesk, for the customer "northwind". */
const acmeServer = createServer(({ url, headers }, response) => {
  const isKnown = headers.authorization === `Bearer ${key}`
  const answers: Readonly<Record<string, unknown>> = { '/northwind/api/me': { id: 7, email: 'ada@northwind.example' }, '/northwind/api/tickets': [{ subject: 'The kettle leaks' }] }
  const body = answers[url ?? '']
  response.writeHead(!isKnown ? 401 : body ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(isKnown && body ? body : {}))
})

const post = (path: string, body: unknown): Promise<Response> =>
  authpipe.handler(
    new Request(`${origin}/api/authpipe${path}`, {
      method: 'POST',
      headers: { origin, 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  )

beforeAll(async () => {
  const document = readFileSync(join(root, 'docs/custom-provider.md'), 'utf8')
  writeFileSync(join(folder, 'acme.ts'), /```ts\n(\/\/ lib\/acme\.ts\n[^]*?)```/.exec(document)?.[1] ?? '')
  const { acme }: { readonly acme: Provider } = await import(pathToFileURL(join(folder, 'acme.ts')).href)

  server = acmeServer.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server does not listen on a port.')
  const url = `http://127.0.0.1:${address.port}/{subdomain}`
  const endpoints = { apiBaseUrl: `${url}/api`, authorizationEndpoint: `${url}/oauth/authorize`, tokenEndpoint: `${url}/oauth/token`, revocationEndpoint: `${url}/oauth/revoke` }
  authpipe = createAuthpipe({
    providers: [acme({ clientId: 'acme-app', clientSecret: 'acme-secret', scopes: ['tickets:read'], endpoints })],
    identify: async () => person,
    baseUrl: `${origin}/api/authpipe`,
    keys: `test:${randomBytes(32).toString('base64')}`,
    database: `file:${join(folder, 'authpipe.db')}`,
    allowInsecureLoopback: true,
    maintenance: 'manual',
  })
})

afterAll(async () => {
  await authpipe.close()
  server.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('the provider of docs/custom-provider.md', () => {
  it('refuses a key that Acme refuses, naming its field, and stores nothing', async () => {
    const answer = await post('/connections', { provider: 'acme', fields: { apiKey: 'acme_0000000000000000' }, settings: { subdomain: 'northwind' } })
    expect(answer.status).toBe(422)
    expect(await answer.json()).toMatchObject({ code: 'credential_rejected', details: { field: 'apiKey' } })
    expect(await authpipe.listConnections(person)).toEqual([])
  })

  it('connects by a key, says whose it is, and calls the API with it', async () => {
    const answer = await post('/connections', { provider: 'acme', fields: { apiKey: key }, settings: { subdomain: 'northwind' } })
    expect(answer.status).toBe(201)
    expect(await answer.json()).toMatchObject({ status: 'active', account: { id: 'northwind:7', label: 'ada@northwind.example' } })
    const tickets = await authpipe.fetch({ provider: 'acme', ...person }, '/tickets')
    expect(await tickets.json()).toEqual([{ subject: 'The kettle leaks' }])
  })

  it('sends a person who signs in to Acme with PKCE and the scopes of the registration', async () => {
    const answer = await post('/sessions', { provider: 'acme', settings: { subdomain: 'northwind' } })
    expect(answer.status).toBe(201)
    const { authorizationUrl } = parseStartedSession(await answer.json(), 'answer')
    const { pathname, searchParams } = new URL(authorizationUrl)
    expect(pathname).toBe('/northwind/oauth/authorize')
    expect(Object.fromEntries(searchParams)).toMatchObject({ client_id: 'acme-app', scope: 'tickets:read', code_challenge_method: 'S256' })
  })
})
