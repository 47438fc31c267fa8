import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { App } from '../../test/App.ts'
import { giveConsent, startSandbox, type Sandbox } from '../index.ts'

let sandbox: Sandbox
let app: App
beforeAll(async () => {
  sandbox = await startSandbox()
  app = new App(sandbox, 'help-scout')
})
beforeEach(() => sandbox.reset())
afterAll(() => sandbox.close())

const page = async (url: string): Promise<readonly [number, string]> => {
  const response = await fetch(url)
  return [response.status, await response.text()]
}

describe('GET authorizeClientApplication', () => {
  it('sends a consenting person back with a code and the state', async () => {
    const back = await app.authorize()

    expect(back.href).toMatch(/^http:\/\/localhost:3000\/callback\?code=hs_code_CANARY_[\w-]+&state=state-1$/)
  })

  it('needs client_id alone once a Redirection URL is set', async () => {
    sandbox['help-scout'].set({ redirectUrl: 'http://localhost:3000/registered' })

    const response = await giveConsent(`${app.endpoints.authorizationEndpoint}?client_id=${app.client.clientId}`)

    expect(response.headers.get('location')).toMatch(/^http:\/\/localhost:3000\/registered\?code=[^&]+$/)
  })

  it('goes to the Redirection URL whatever redirect_uri says', async () => {
    sandbox['help-scout'].set({ redirectUrl: 'http://localhost:3000/registered' })

    expect((await app.authorize({ redirect_uri: 'https://evil.example/' })).pathname).toBe('/registered')
  })

  it.each([undefined, 'https://evil.example/'])('goes to the callback of the quick start where nothing is set and redirect_uri is %s', async (redirectUri) => {
    expect((await app.authorize({ redirect_uri: redirectUri })).href).toMatch(/^http:\/\/localhost:3000\/api\/authpipe\/callback\/help-scout\?code=/)
  })

  it.each([
    ['scope', 'everything'],
    ['response_type', 'token'],
    ['code_challenge', 'short'],
    ['nonsense', '1'],
  ])('does not mind the parameter %s', async (name, value) => {
    expect((await app.authorize({ [name]: value })).searchParams.get('code')).toContain('hs_code')
  })

  it('says in plain words that a token may do everything', async () => {
    expect((await page(app.authorizationUrl()))[1]).toContain('Do everything that you can do in Help Scout')
  })

  it.each([
    ['an unknown client_id', { client_id: 'another' }, 'The app is not registered here.'],
    ['no client_id', { client_id: undefined }, 'The app is not registered here.'],
  ])('ends on its own page with %s', async (_, changes, words) => {
    const [status, markup] = await page(app.authorizationUrl(changes))

    expect(status).toBe(400)
    expect(markup).toContain(words)
  })

  it('sends a person who refuses back with access_denied', async () => {
    expect((await app.authorize({}, { decision: 'refuse' })).search).toBe('?error=access_denied&state=state-1')
  })

  it('decides a consent page once', async () => {
    const consent = /name="consent" value="([^"]+)"/.exec((await page(app.authorizationUrl()))[1])?.[1] ?? ''
    const decide = (): Promise<Response> =>
      fetch(`${sandbox.url}/help-scout/consent`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ consent, account: '301', decision: 'allow' }) })

    expect([(await decide()).status, (await decide()).status]).toEqual([302, 400])
  })

  it('shows no consent page to somebody who approved before', async () => {
    sandbox['help-scout'].set({ signedInAs: '304' })

    const response = await fetch(app.authorizationUrl(), { redirect: 'manual' })

    expect(response.headers.get('location')).toContain('code=hs_code')
  })
})
