import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App, pkce } from '../../test/App.ts'
import { giveConsent, startSandbox, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let app: App
beforeAll(async () => {
  sandbox = await startSandbox()
  app = new App(sandbox, 'plain')
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

describe('GET /plain/authorize', () => {
  it('answers with code, state and issuer', async () => {
    const { searchParams } = await app.authorize()

    expect(Object.fromEntries(searchParams)).toEqual({ code: expect.stringMatching(/^plain_code_CANARY_/), state: 'state-1', iss: `${sandbox.url}/plain` })
  })

  it('sends a refusal back to the app with state and issuer', async () => {
    const { searchParams } = await app.authorize({}, { decision: 'refuse' })

    expect(Object.fromEntries(searchParams)).toEqual({ error: 'access_denied', state: 'state-1', iss: `${sandbox.url}/plain` })
  })

  it.each([
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['an unknown response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown scope', { scope: 'profile everything' }, 'invalid_scope'],
    ['a challenge without method', { code_challenge: pkce().challenge }, 'invalid_request'],
    ['a challenge by plain', { code_challenge: pkce().challenge, code_challenge_method: 'plain' }, 'invalid_request'],
  ])('sends an error back to the app for %s', async (_, changes, error) => {
    const { searchParams } = await app.authorize(changes)

    expect(searchParams.get('error')).toBe(error)
    expect(searchParams.get('state')).toBe('state-1')
  })

  it.each([
    ['an unknown client', { client_id: 'another' }, 'The app is not registered here.'],
    ['a redirect URI of another machine', { redirect_uri: 'https://app.example/callback' }, 'The redirect URI is not registered.'],
    ['no redirect URI', { redirect_uri: undefined }, 'The redirect URI is not registered.'],
  ])('sends nobody anywhere for %s', async (_, changes, explanation) => {
    const response = await fetch(app.authorizationUrl(changes), { redirect: 'manual' })

    expect(response.status).toBe(400)
    expect(await response.text()).toContain(explanation)
  })

  it('compares pinned redirect URIs as whole strings', async () => {
    sandbox.plain.set({ redirectUris: [app.redirectUri] })

    expect((await app.authorize()).searchParams.has('code')).toBe(true)
    expect((await fetch(app.authorizationUrl({ redirect_uri: `${app.redirectUri}/more` }))).status).toBe(400)
  })

  it('names another issuer when told', async () => {
    sandbox.plain.set({ issuer: 'wrong' })

    expect((await app.authorize()).searchParams.get('iss')).toBe(`${sandbox.url}/another-issuer`)
  })

  it('names no issuer when told', async () => {
    sandbox.plain.set({ issuer: 'absent' })

    expect((await app.authorize()).searchParams.has('iss')).toBe(false)
  })

  it('posts its answer by a form when told', async () => {
    sandbox.plain.set({ responseMode: 'form_post' })

    const response = await giveConsent(app.authorizationUrl())
    const markup = await response.text()

    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toMatch(/script-src 'sha256-/)
    expect(markup).toContain(`<form method="post" action="${app.redirectUri}">`)
    expect(markup).toMatch(/<input type="hidden" name="code" value="plain_code_CANARY_/)
  })

  it('refuses a suspended person', async () => {
    sandbox.plain.set({ suspended: ['user-ines'] })

    expect((await app.authorize()).searchParams.get('error')).toBe('access_denied')
  })
})
