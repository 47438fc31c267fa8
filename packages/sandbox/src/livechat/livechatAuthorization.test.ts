import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, pkce } from '../../test/App.ts'
import { startSandbox, type Sandbox } from '../index.ts'

const ada = '1f0c5a7e-93d2-4b68-a1e4-7c86d25f0b39'
const sam = '5e7b2d94-0c6f-4a1b-8f3d-29a4c8e1670d'

let sandbox: Sandbox
let app: App
let now = 0
beforeAll(async () => {
  sandbox = await startSandbox({ now: () => now })
  app = new App(sandbox, 'livechat')
})
beforeEach(() => {
  now = Date.parse('2026-11-22T10:00:00Z')
  sandbox.reset()
})
afterAll(() => sandbox.close())

const ooops = (exception: string, details?: string): string =>
  `${sandbox.url}/livechat/ooops?oauth_exception=${exception}${details === undefined ? '' : `&exception_details=${details}`}`

describe('GET /livechat/', () => {
  it('sends a consenting person back with a prefixed code and the state', async () => {
    const back = await app.authorize({ scope: 'chats--all:ro' })

    expect(back.origin + back.pathname).toBe(app.redirectUri)
    expect(back.href).toMatch(/code=dal%3Alc_code_CANARY_/)
    expect(back.searchParams.get('state')).toBe('state-1')
  })

  it('sends no state where none came', async () => {
    expect((await app.authorize({ state: undefined })).searchParams.has('state')).toBe(false)
  })

  it.each([
    ['no client_id', { client_id: undefined }, ['unauthorized_client', 'client_id_not_found']],
    ['an unknown client_id', { client_id: 'another' }, ['unauthorized_client', 'client_id_not_found']],
    ['no redirect_uri', { redirect_uri: undefined }, ['invalid_request', 'redirect_uri_not_set']],
    ['a redirect_uri of another machine', { redirect_uri: 'https://app.example/callback' }, ['invalid_request', 'invalid_redirect_uri']],
    ['a redirect_uri with a query', { redirect_uri: 'http://localhost:3000/callback?a=b' }, ['invalid_request', 'invalid_redirect_uri']],
    ['a redirect_uri with a fragment', { redirect_uri: 'http://localhost:3000/callback#a' }, ['invalid_request', 'invalid_redirect_uri']],
    ['a redirect_uri with path traversal', { redirect_uri: 'http://localhost:3000/callback/../x' }, ['invalid_request', 'invalid_redirect_uri']],
    ['a redirect_uri with encoded traversal', { redirect_uri: 'http://localhost:3000/callback/%2e%2e/x' }, ['invalid_request', 'invalid_redirect_uri']],
    ['a redirect_uri that is no URI', { redirect_uri: 'callback' }, ['invalid_request', 'invalid_redirect_uri']],
    ['no response_type', { response_type: undefined }, ['invalid_request']],
    ['the response_type of JavaScript apps', { response_type: 'token' }, ['invalid_request']],
    ['an unknown response_type', { response_type: 'id_token' }, ['unsupported_response_type']],
    ['a malformed code_challenge', { code_challenge: 'short', code_challenge_method: 'S256' }, ['invalid_request']],
    ['an unknown code_challenge_method', { code_challenge: pkce().challenge, code_challenge_method: 'S512' }, ['invalid_request']],
    ['scopes that are all unknown', { scope: 'chats:everything' }, ['invalid_scope']],
    ['scopes that spaces separate', { scope: 'chats--all:ro agents--my:ro' }, ['invalid_scope']],
  ])('ends on its own error page, and never back at the app, with %s', async (_, changes, [exception = '', details]) => {
    expect((await app.authorize(changes)).href).toBe(ooops(exception, details))
  })

  it('grants the asked scopes that are configured for the app', async () => {
    sandbox.livechat.set({ configuredScopes: ['chats--all:ro', 'customers:ro'] })

    const { body } = await app.exchange(await app.code({ scope: 'customers:ro,agents--my:ro,chats--all:ro' }))

    expect(body.scope).toBe('customers:ro,chats--all:ro')
  })

  it('grants every configured scope where none is named', async () => {
    sandbox.livechat.set({ configuredScopes: ['chats--all:ro', 'customers:ro'] })

    expect((await app.exchange(await app.code())).body.scope).toBe('chats--all:ro,customers:ro')
  })

  it('refuses the consent of a person below the role of a scope', async () => {
    expect((await app.authorize({ scope: 'chats--all:ro' }, { accountId: sam })).href).toBe(ooops('invalid_scope'))
  })

  it('takes the consent of an ordinary agent to a scope of agents', async () => {
    expect((await app.authorize({ scope: 'chats--access:ro' }, { accountId: sam })).searchParams.get('code')).toContain('lc_code')
  })

  it('keeps owner scopes from administrators', async () => {
    const mia = sandbox.livechat.people.find(({ name }) => name === 'Mia Chen')?.accountId ?? ''

    expect((await app.authorize({ scope: 'organization--my:rw' }, { accountId: mia })).href).toBe(ooops('invalid_scope'))
  })

  it('ends on its own error page when the person cancels', async () => {
    expect((await app.authorize({}, { decision: 'refuse' })).href).toBe(ooops('access_denied'))
  })

  it('refuses a suspended person', async () => {
    sandbox.livechat.set({ suspended: [ada] })

    expect((await app.authorize()).href).toBe(ooops('access_denied'))
  })

  it('decides a consent page once', async () => {
    const markup = await (await fetch(app.authorizationUrl())).text()
    const consent = /name="consent" value="([^"]+)"/.exec(markup)?.[1] ?? ''
    const decide = (): Promise<Response> =>
      fetch(`${sandbox.url}/livechat/consent`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ consent, account: ada, decision: 'allow' }) })

    expect((await decide()).headers.get('location')).toContain('code=')
    expect((await decide()).headers.get('location')).toBe(ooops('invalid_request'))
  })

  it('shows no consent page to somebody who approved before', async () => {
    sandbox.livechat.set({ signedInAs: ada })

    const response = await fetch(app.authorizationUrl(), { redirect: 'manual' })

    expect(response.headers.get('location')).toContain(`${app.redirectUri}?code=`)
  })

  it('shows the consent page to everybody under prompt=consent', async () => {
    sandbox.livechat.set({ signedInAs: ada })

    const response = await fetch(app.authorizationUrl({ prompt: 'consent' }), { redirect: 'manual' })

    expect(response.status).toBe(200)
    expect(await response.text()).toContain('Let this app use your LiveChat account?')
  })

  it('takes only pinned redirect URIs and what lies below them', async () => {
    sandbox.livechat.set({ redirectUris: ['http://localhost:3000/callback'] })
    const outcome = async (redirectUri: string): Promise<boolean> => (await app.authorize({ redirect_uri: redirectUri })).searchParams.has('code')

    expect(await outcome('http://localhost:3000/callback')).toBe(true)
    expect(await outcome('http://localhost:3000/callback/livechat')).toBe(true)
    expect(await outcome('http://localhost:3000/callbacks')).toBe(false)
    expect(await outcome('http://localhost:3001/callback')).toBe(false)
    expect(await outcome('https://localhost:3000/callback')).toBe(false)
    expect(await outcome('http://127.0.0.1:3000/callback')).toBe(false)
  })

  it('refuses the fourth redirect within 30 seconds where it limits them', async () => {
    sandbox.livechat.set({ limitRedirects: true })
    for (const _ of [1, 2, 3]) await app.code()

    expect((await app.authorize()).searchParams.get('exception_details')).toBe('too_many_redirects')
    now += 30_000
    expect((await app.authorize()).searchParams.has('code')).toBe(true)
  })

  it.each(['same-origin', 'same-origin-allow-popups'] as const)('sends Cross-Origin-Opener-Policy %s on both its pages when told', async (coop) => {
    sandbox.livechat.set({ coop })

    expect((await fetch(app.authorizationUrl())).headers.get('cross-origin-opener-policy')).toBe(coop)
    expect((await fetch(ooops('access_denied'))).headers.get('cross-origin-opener-policy')).toBe(coop)
  })

  it('sends no Cross-Origin-Opener-Policy by default', async () => {
    expect((await fetch(app.authorizationUrl())).headers.has('cross-origin-opener-policy')).toBe(false)
  })
})

describe('GET /livechat/ooops', () => {
  it('shows what it was given as text', async () => {
    const markup = await (await fetch(`${ooops('invalid_scope', '%3Cscript%3Ealert(1)%3C/script%3E')}`)).text()

    expect(markup).toContain('invalid_scope')
    expect(markup).not.toContain('<script>alert')
  })
})
