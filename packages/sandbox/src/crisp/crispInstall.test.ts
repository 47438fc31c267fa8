import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

import { giveConsent, sandboxClient, sandboxEndpoints, startSandbox, type ConsentDecision, type Sandbox } from '../index.ts'

const northwind = '3b8f6d2a-51c7-4e90-9a4d-7e0c2f6b1d85'
const bluebird = '9e1d40c7-82fb-4a36-b5e2-04c9d7a83f61'
const oldmill = 'c47a95b0-3e6d-4f18-8d02-f1b86a2c9e73'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox()
})
beforeEach(() => {
  sandbox.reset()
  sandbox.crisp.set({ callbackUrl: 'http://localhost:3000/installed' })
})
afterAll(() => sandbox.close())

const installUrl = (pluginId = sandboxClient('crisp').clientId, query = '?payload=state-1'): string =>
  `${sandboxEndpoints('crisp', sandbox.url).installEndpoint}/${pluginId}/${query}`

const install = async (decision: ConsentDecision = {}, url = installUrl()): Promise<URL> =>
  new URL((await giveConsent(url, decision)).headers.get('location') ?? 'missing:location')

describe('the install page', () => {
  it('sends the browser to the callback URL of the plugin with website, token and payload', async () => {
    const back = await install({ accountId: bluebird })

    expect(back.origin + back.pathname).toBe('http://localhost:3000/installed')
    expect(Object.fromEntries(back.searchParams)).toEqual({ website_id: bluebird, token: expect.stringMatching(/^crisp_install_CANARY_/), payload: 'state-1' })
    expect(sandbox.crisp.installations()).toEqual([bluebird])
  })

  it('goes to the callback URL of the quick start unless another is set', async () => {
    sandbox.crisp.reset()

    expect((await install()).href).toMatch(/^http:\/\/localhost:3000\/api\/authpipe\/callback\/crisp\?website_id=/)
  })

  it('carries a payload through as it came', async () => {
    const payload = 'a b&token=forged+ü%'

    const back = await install({}, installUrl(undefined, `?${new URLSearchParams({ payload })}`))

    expect([back.searchParams.get('payload'), back.searchParams.getAll('token').length]).toEqual([payload, 1])
  })

  it('sends no payload where none came', async () => {
    expect((await install({}, installUrl(undefined, ''))).searchParams.has('payload')).toBe(false)
  })

  it('keeps the token of a plugin that is installed already', async () => {
    expect((await install()).searchParams.get('token')).toBe((await install()).searchParams.get('token'))
  })

  it('gives another token after an uninstall', async () => {
    const first = (await install()).searchParams.get('token')
    sandbox.crisp.uninstall(northwind)

    expect((await install()).searchParams.get('token')).not.toBe(first)
    expect(sandbox.crisp.issuedKeys()).toContain(first)
  })

  it('names the workspaces and what the plugin can do', async () => {
    sandbox.crisp.set({ pluginScopes: ['website:operators'] })
    const markup = await (await fetch(installUrl())).text()

    for (const words of ['Install the plugin “Authpipe Sandbox”?', 'Northwind Coffee', 'bluebird.example', 'website:operators']) expect(markup).toContain(words)
    expect(markup).not.toContain('website:conversation:sessions')
  })

  it.each([
    ['an unknown plugin', () => fetch(installUrl('00000000-0000-4000-8000-000000000000')), 404, 'This plugin does not exist'],
    ['a person who cancels', () => giveConsent(installUrl(), { decision: 'refuse' }), 200, 'Nothing was installed'],
    ['a suspended workspace', () => giveConsent(installUrl(), { accountId: oldmill }), 403, 'This workspace is suspended'],
    ['an unknown workspace', () => giveConsent(installUrl(), { accountId: 'nobody' }), 400, 'This page was used already'],
  ])('ends on its own page and installs nothing with %s', async (_, act, status, words) => {
    const response = await act()

    expect([response.status, response.headers.has('location')]).toEqual([status, false])
    expect(await response.text()).toContain(words)
    expect(sandbox.crisp.installations()).toEqual([])
  })

  it('is decided once', async () => {
    const consent = /name="consent" value="([^"]+)"/.exec(await (await fetch(installUrl())).text())?.[1] ?? ''
    const decide = (): Promise<Response> =>
      fetch(`${sandbox.url}/crisp/install`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ consent, account: northwind, decision: 'allow' }) })

    expect([(await decide()).status, (await decide()).status]).toEqual([302, 400])
  })

  it('sends Cross-Origin-Opener-Policy when told', async () => {
    sandbox.crisp.set({ coop: 'same-origin' })

    expect((await fetch(installUrl())).headers.get('cross-origin-opener-policy')).toBe('same-origin')
  })
})
