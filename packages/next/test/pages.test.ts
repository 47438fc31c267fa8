// The pages that people see in the popup, as a browser receives them. PU-… name rows of the threat catalogue.
import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { baseUrl, consent, formOf, openWorld, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
})
afterEach(() => world.close())

interface Page {
  readonly response: Response
  readonly text: string
}
const read = async (response: Response): Promise<Page> => ({ response, text: await response.text() })

const stateOf = (authorizationUrl: string): string => new URL(authorizationUrl).searchParams.get('state') ?? ''

/** Every kind of page there is. */
async function everyPage(): Promise<Record<'hop' | 'callback' | 'completion' | 'denied' | 'unknown state' | 'signed out' | 'foreign start', Page>> {
  const hop = await read(await browser.form('/sessions', { provider: 'livechat' }))
  const started = await browser.start('livechat')
  const callback = await read(await browser.request((await consent(started.authorizationUrl)).slice(baseUrl.length)))
  const denying = { provider: 'livechat', error: 'access_denied', state: stateOf((await browser.start('livechat')).authorizationUrl) }
  return {
    hop,
    callback,
    completion: await read(await browser.form('/sessions/finish', formOf(callback.text))),
    denied: await read(await browser.form('/sessions/finish', denying)),
    'unknown state': await read(await browser.form('/sessions/finish', { provider: 'livechat', state: 'x', code: 'y' })),
    'signed out': await read(
      await browser.request('/sessions/finish', { method: 'POST', body: new URLSearchParams({ state: 'x' }), headers: { cookie: '' } }),
    ),
    'foreign start': await read(
      await browser.request('/sessions', {
        method: 'POST',
        body: new URLSearchParams({ provider: 'livechat' }),
        headers: { 'sec-fetch-site': 'cross-site' },
      }),
    ),
  }
}

const scriptsOf = (text: string): string[] => Array.from(text.matchAll(/<script>([\s\S]*?)<\/script>/g), ([, source = '']) => source)
const hashOf = (source: string): string => `'sha256-${createHash('sha256').update(source).digest('base64')}'`
const directivesOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries(
    (headers.get('content-security-policy') ?? '')
      .split('; ')
      .map((directive) => [directive.slice(0, directive.indexOf(' ')), directive.slice(directive.indexOf(' ') + 1)]),
  )

describe('every page', () => {
  // PU-3
  it('allows its own script and style by hash, and nothing else', async () => {
    for (const [name, { response, text }] of Object.entries(await everyPage())) {
      const [script] = scriptsOf(text)
      const style = /<style>([\s\S]*?)<\/style>/.exec(text)?.[1] ?? ''
      expect([name, directivesOf(response)]).toEqual([
        name,
        {
          'default-src': "'none'",
          'style-src': hashOf(style),
          'script-src': script === undefined ? "'none'" : hashOf(script),
          'base-uri': "'none'",
          'form-action': "'self'",
          'frame-ancestors': "'none'",
        },
      ])
      expect(scriptsOf(text).length).toBeLessThanOrEqual(1)
      expect(text).not.toMatch(/\son\w+=|javascript:|style="/i)
    }
  })

  it('cannot be framed, cached, sniffed or named to others', async () => {
    for (const [name, { response }] of Object.entries(await everyPage())) {
      expect([name, Object.fromEntries(response.headers)]).toEqual([
        name,
        expect.objectContaining({
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
          'x-frame-options': 'DENY',
        }),
      ])
    }
  })

  it('loads nothing from anywhere', async () => {
    for (const [name, { text }] of Object.entries(await everyPage())) {
      expect([
        name,
        text.match(/\s(src|srcset|href|action|poster|data)="[^"]*"/g)?.filter((link) => link !== ` action="${baseUrl}/sessions/finish"`) ?? [],
      ]).toEqual([
        name,
        // The hop page links to the provider, which is where it goes.
        name === 'hop' ? [expect.stringContaining(`href="${world.sandbox.url}/livechat/?`)] : [],
      ])
    }
  })

  it('has a title, a language and one heading', async () => {
    for (const { text } of Object.values(await everyPage())) {
      expect(text).toMatch(/^<!doctype html>\n<html lang="en">/)
      expect(text.match(/<h1>([^<]+)<\/h1>/g)).toHaveLength(1)
      expect(/<title>([^<]+)<\/title>/.exec(text)?.[1]).toBe(/<h1>([^<]+)<\/h1>/.exec(text)?.[1])
    }
  })
})

describe('the callback page', () => {
  const hostile = [
    '</script><script>document.title="CANARY"</script>',
    '"><img src=x onerror=CANARY()>',
    "' autofocus onfocus='CANARY()",
    '--><svg onload=CANARY()>',
    '{{CANARY}}${CANARY}<%= CANARY %>',
    '\u2028CANARY()\u2029',
    '</form><form action=https://evil.example>CANARY',
  ]

  // PU-1
  it.each(hostile)('renders %j as text in what it sends on, and nowhere else', async (text) => {
    for (const name of ['state', 'code', 'iss', 'error', 'error_description', 'error_uri', 'scope', 'provider', '"><script>']) {
      const { response, text: page } = await read(await browser.request(`/callback/livechat?${new URLSearchParams({ [name]: text }).toString()}`))
      expect(response.status).toBe(200)
      const isSentOn = ['state', 'code', 'iss', 'error'].includes(name)
      expect(formOf(page).get(name)).toBe(isSentOn ? text : name === 'provider' ? 'livechat' : null)
      // Outside the one hidden input nothing of it is left.
      expect(page.replace(/<input type="hidden" name="[^"]+" value="[^"<>]*">/g, '')).not.toContain('CANARY')
    }
  })

  // PU-1: a name that the provider chose is not ours to show.
  it.each(hostile)('shows nothing of an error that reads %j', async (text) => {
    const { authorizationUrl } = await browser.start('livechat')
    const form = { provider: 'livechat', state: stateOf(authorizationUrl), error: text, error_description: text }
    expect((await read(await browser.form('/sessions/finish', form))).text).not.toContain('CANARY')
  })

  // PU-27
  it('takes the code out of the address bar before it does anything else', async () => {
    const { text } = (await everyPage()).callback
    expect(scriptsOf(text)).toEqual(["history.replaceState(null, '', location.pathname); document.forms[0].submit()"])
  })

  // PU-28
  it('has a button for browsers without scripts, in the same form', async () => {
    const { text } = (await everyPage()).callback
    expect(text).toMatch(
      /<form method="post" action="http:\/\/localhost:3000\/api\/authpipe\/sessions\/finish">[\s\S]*<noscript>[\s\S]*<button>Finish connecting<\/button>[\s\S]*<\/noscript><\/form>/,
    )
  })

  // PU-30
  it('consumes nothing when a scanner or a prefetch opens it first', async () => {
    const { sessionId, authorizationUrl } = await browser.start('livechat')
    const callback = await consent(authorizationUrl)
    const path = callback.slice(baseUrl.length)
    for (const headers of [
      { cookie: '' },
      { 'sec-purpose': 'prefetch' },
      { cookie: '', 'sec-fetch-site': 'none', 'user-agent': 'LinkScanner' },
    ] as Record<string, string>[]) {
      expect((await browser.request(path, { headers })).status).toBe(200)
    }
    expect([world.sandbox.livechat.tokenRequests(), (await browser.session(sessionId)).status]).toEqual([0, 'pending'])
    await browser.followCallback(callback)
    expect((await browser.session(sessionId)).status).toBe('complete')
  })
})

describe('the completion page', () => {
  // PU-2
  it('shows the name of an account as text', async () => {
    world.sandbox.livechat.fault('api', { kind: 'answer', status: 200, body: { name: '<img src=x onerror=CANARY()>' } })
    const { authorizationUrl } = await browser.start('livechat')
    const { text } = await read(await browser.followCallback(await consent(authorizationUrl)))
    expect(text).toContain('As &lt;img src=x onerror=CANARY()&gt;.')
    expect(text).not.toContain('<img')
  })

  // PU-4
  it('says nothing but which session to ask about', async () => {
    const { sessionId, authorizationUrl } = await browser.start('livechat')
    const { text } = await read(await browser.followCallback(await consent(authorizationUrl)))
    expect(JSON.parse(/<script type="application\/json" id="data">(.*)<\/script>/.exec(text)?.[1] ?? '')).toEqual({
      sessionId,
      origin: 'http://localhost:3000',
      closes: true,
    })
    expect(text).toContain("const message = { v: 1, type: 'authpipe:completion', sessionId }")
    for (const secret of Object.values(world.sandbox.livechat.issuedSecrets()).flat()) expect(text).not.toContain(secret)
  })

  // PU-5
  it('speaks to its opener at the own origin and never to everybody', async () => {
    const { text } = (await everyPage()).completion
    const [script = ''] = scriptsOf(text)
    expect(script.match(/\.postMessage\([^)]*\)/g)).toEqual([
      '.postMessage(message)',
      ".postMessage({ v: 1, type: 'authpipe:changed' })",
      '.postMessage(message, origin)',
    ])
    expect(script).not.toContain("'*'")
  })

  it('can be closed by hand', async () => {
    expect((await everyPage()).completion.text).toContain('<button type="button">Close this window</button>')
  })
})

describe('an error page', () => {
  it('says what happened, that nothing changed, and the code', async () => {
    const { denied, 'unknown state': unknown, 'signed out': signedOut, 'foreign start': foreign } = await everyPage()
    const told = [denied, unknown, signedOut, foreign].map(({ response, text }) => [
      response.status,
      /<h1>([^<]+)/.exec(text)?.[1],
      /<code>([^<]+)/.exec(text)?.[1],
    ])
    expect(told).toEqual([
      [403, 'LiveChat access wasn&#39;t approved', 'authorization_denied'],
      [400, 'This sign-in does not belong to this browser', 'state_mismatch'],
      [401, 'You are signed out', 'unauthenticated'],
      [403, 'This has to start in the app', 'origin_not_allowed'],
    ])
  })

  it('names no session to a person who did not start it', async () => {
    const { authorizationUrl, sessionId } = await browser.start('livechat')
    const callback = await consent(authorizationUrl)
    browser.signIn('org_acme', 'user_2')
    expect((await read(await browser.followCallback(callback))).text).not.toContain(sessionId)
  })
})

describe('the status of a session', () => {
  // PU-24
  it('reads for a stranger like that of a session which never was', async () => {
    const { sessionId } = await browser.start('livechat')
    for (const stranger of [world.browser('org_acme', 'user_2'), world.browser('org_other', 'user_1')]) {
      const [foreign, unknown] = [
        await stranger.request(`/sessions/${sessionId}`),
        await stranger.request('/sessions/00000000-0000-4000-8000-000000000000'),
      ]
      expect([foreign.status, unknown.status]).toEqual([404, 404])
      expect(await foreign.text()).toBe(await unknown.text())
    }
  })

  // PU-25
  it('is a word, a code and the connection, and holds nothing of the provider or of a secret', async () => {
    const { authorizationUrl, sessionId } = await browser.start('livechat')
    const pending = await browser.request(`/sessions/${sessionId}`)
    expect(pending.headers.get('cache-control')).toBe('no-store')
    expect(await pending.json()).toEqual({ sessionId, status: 'pending' })

    world.sandbox.livechat.fault('token', { kind: 'answer', status: 400, body: { error: 'invalid_grant', error_description: 'CANARY' } })
    await browser.followCallback(await consent(authorizationUrl))
    expect(await browser.session(sessionId)).toEqual({
      sessionId,
      status: 'failed',
      error: { code: 'code_exchange_failed', message: 'The provider refused the authorization code' },
    })
  })
})
