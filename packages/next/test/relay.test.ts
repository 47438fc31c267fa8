// The relay of the callback for previews: attacks on it, and its use, between three deployments over HTTP.
import { giveConsent } from '@authpipe/sandbox'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { deriveRelayKey, signRelayState, type RelayState } from '../src/relay/relayState.ts'
import { openRelayWorld, otherPreviewUrl, previewUrl, randomSecret, stagingUrl, type RelayWorld, type Visitor } from './relayWorld.ts'
import { consent, formOf } from './world.ts'

let world: RelayWorld
let visitor: Visitor
const open = async (options?: Parameters<typeof openRelayWorld>[0]): Promise<void> => {
  world = await openRelayWorld(options)
  visitor = world.visitor()
}
beforeEach(() => void vi.spyOn(process.stderr, 'write').mockReturnValue(true))

/** A state as a preview with the secret would sign it. */
const signed = (claims: Partial<RelayState>, secret = world.secret): Promise<string> =>
  signRelayState(deriveRelayKey(Buffer.from(secret, 'base64')), { aud: stagingUrl, sub: previewUrl, exp: Math.ceil(world.clock.now / 1000) + 600, ...claims })

const answerAt = (state: string, base = stagingUrl, by = visitor): Promise<Response> => by.request(`${base}/callback/plain?code=CANARY_code&state=${encodeURIComponent(state)}`)

describe('a preview', () => {
  beforeEach(() => open())
  afterEach(() => world.close())

  it('connects by way of the callback that is registered, and keeps everything at home', async () => {
    const { sessionId, authorizationUrl } = await visitor.start(world.preview)

    const answer = await visitor.follow(await consent(authorizationUrl))

    expect(await answer.text()).toContain('Plain is connected')
    expect(visitor.trail.slice(1)).toEqual([`GET ${stagingUrl}/callback/plain`, `GET ${previewUrl}/callback/plain`, `POST ${previewUrl}/sessions/finish`])
    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'complete', connection: { provider: 'plain' } })
    expect(await visitor.connections(world.staging)).toEqual([])
  })

  // PU-3, BR-2
  it('connects also where the provider posts its answer, and the page between may post to the preview alone', async () => {
    world.sandbox.plain.set({ responseMode: 'form_post' })
    const { sessionId, authorizationUrl } = await visitor.start(world.preview)
    const fields = formOf(await (await giveConsent(authorizationUrl)).text())

    const page = await visitor.form(`${stagingUrl}/callback/plain`, fields, 'https://provider.example')
    await visitor.follow({ url: `${stagingUrl}/callback/plain`, fields })

    expect(page.headers.get('content-security-policy')).toContain("form-action https://pr-1.preview.example.com; frame-ancestors 'none'")
    expect(visitor.trail.slice(2)).toEqual([`POST ${stagingUrl}/callback/plain`, `POST ${previewUrl}/callback/plain`, `POST ${previewUrl}/sessions/finish`])
    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'complete' })
  })

  it('installs an app, whose state has a name of its own', async () => {
    const { sessionId, authorizationUrl } = await visitor.start(world.preview, 'crisp', { kind: 'installation' })

    await visitor.follow(await consent(authorizationUrl))

    expect(visitor.trail).toContain(`GET ${previewUrl}/callback/crisp`)
    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'complete', connection: { kind: 'installation' } })
  })

  it("connects by a tenant's own app, whose callback names it", async () => {
    const registered = await world.preview.authpipe.callbackUrl({ provider: 'freshservice', tenantId: 'org_acme' })
    world.sandbox.freshservice.set({ redirectUris: [registered] })
    const { sessionId, authorizationUrl } = await visitor.start(world.preview, 'freshservice', { settings: { subdomain: 'northwind', organization: 'northwind' } })

    await visitor.follow(await consent(authorizationUrl))

    expect(registered).toMatch(/^https:\/\/staging\.example\.com\/api\/authpipe\/callback\/freshservice\/.{22}$/)
    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'complete' })
  })

  it('learns that consent was denied', async () => {
    const { sessionId, authorizationUrl } = await visitor.start(world.preview)
    const denied = await giveConsent(authorizationUrl, { decision: 'refuse' })

    await visitor.follow(denied.headers.get('location') ?? '')

    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'denied', error: { code: 'authorization_denied' } })
  })

  it('comes back to its own page where it went without a window', async () => {
    const { authorizationUrl } = await visitor.start(world.preview, 'plain', { mode: 'redirect', returnTo: '/settings' })
    const answer = await visitor.request(await consent(authorizationUrl))
    const page = await visitor.request(answer.headers.get('location') ?? '')

    const finished = await visitor.form(`${previewUrl}/sessions/finish`, formOf(await page.text()))

    expect(finished.headers.get('location')).toMatch(/^https:\/\/pr-1\.preview\.example\.com\/settings\?authpipe=/)
  })

  it('says the callback of the other deployment where it says what to register', async () => {
    expect(await world.preview.authpipe.callbackUrl({ provider: 'plain' })).toBe(`${stagingUrl}/callback/plain`)
    expect(await world.staging.authpipe.callbackUrl({ provider: 'plain' })).toBe(`${stagingUrl}/callback/plain`)
  })
})

describe('a relayed answer', () => {
  beforeEach(() => open())
  afterEach(() => world.close())

  // ST-1, ST-2
  it('counts in the browser that started alone', async () => {
    const attacker = world.visitor('org_evil', 'mallory')
    const { sessionId, authorizationUrl } = await attacker.start(world.preview)
    await visitor.start(world.preview)

    const answer = await visitor.follow(await consent(authorizationUrl))

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    expect(await attacker.session(world.preview, sessionId)).toMatchObject({ status: 'pending' })
    expect(world.sandbox.plain.tokenRequests()).toBe(0)
  })

  // ST-5, ST-6
  it.each(['org_acme/user_2', 'org_other/user_1'])('does not count once %s is signed in to the preview', async (somebodyElse) => {
    const { authorizationUrl } = await visitor.start(world.preview)
    const callback = await consent(authorizationUrl)
    visitor.cookiesAt(previewUrl).set('app', somebodyElse)

    const answer = await visitor.follow(callback)

    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('principal_mismatch')
    expect(world.sandbox.plain.tokenRequests()).toBe(0)
  })

  it.each([
    ['the deployment that relays', stagingUrl],
    ['another preview with the same secret', otherPreviewUrl],
  ])('is nothing to %s', async (_, elsewhere) => {
    const { sessionId, authorizationUrl } = await visitor.start(world.preview)
    const fields = new URL(await consent(authorizationUrl)).searchParams
    fields.set('provider', 'plain')

    const answer = await visitor.form(`${elsewhere}/sessions/finish`, fields)

    expect(answer.status).toBe(400)
    expect(await answer.text()).toContain('state_mismatch')
    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'pending' })
    expect(world.sandbox.plain.tokenRequests()).toBe(0)
  })

  it('of a session of the deployment that relays is nothing to a preview', async () => {
    const { authorizationUrl } = await visitor.start(world.staging)
    const callback = await consent(authorizationUrl)

    const answer = await visitor.follow(callback.replace(stagingUrl, previewUrl))

    expect(await answer.text()).toContain('state_mismatch')
    expect(world.sandbox.plain.tokenRequests()).toBe(0)
  })

  // MX-2, MX-3
  it('that came to the callback of another provider is refused', async () => {
    const { authorizationUrl } = await visitor.start(world.preview)
    const callback = await consent(authorizationUrl)

    const answer = await visitor.follow(callback.replace('/callback/plain', '/callback/livechat'))

    expect(await answer.text()).toContain('state_mismatch')
    expect(world.sandbox.plain.tokenRequests() + world.sandbox.livechat.tokenRequests()).toBe(0)
  })

  // TK-5
  it('has a parameter twice that came twice, and is refused for it', async () => {
    const { authorizationUrl } = await visitor.start(world.preview)

    const answer = await visitor.follow(`${await consent(authorizationUrl)}&code=another`)

    expect(await answer.text()).toContain('invalid_request')
    expect(world.sandbox.plain.tokenRequests()).toBe(0)
  })

  // ST-14
  it('that comes after its ten minutes is not passed on', async () => {
    const { authorizationUrl } = await visitor.start(world.preview)
    const callback = await consent(authorizationUrl)
    world.clock.now += 601_000

    const answer = await visitor.request(callback)

    expect(answer.status).toBe(410)
    expect(answer.headers.get('location')).toBeNull()
    expect(await answer.text()).toContain('session_expired')
  })

  // PU-27
  it('has nothing but the parameters that are known, and is kept by nobody', async () => {
    const answer = await visitor.request(`${stagingUrl}/callback/plain?error=access_denied&error_description=CANARY&next=CANARY&state=${await signed({})}`)

    expect([...new URL(answer.headers.get('location') ?? '').searchParams.keys()]).toEqual(['state', 'error'])
    expect(answer.status).toBe(303)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  })
})

describe('the deployment that relays', () => {
  // It keeps nothing, so one is enough for all.
  beforeAll(() => open())
  afterAll(() => world.close())

  it('serves its own people beside', async () => {
    const { sessionId, authorizationUrl } = await visitor.start(world.staging)

    await visitor.follow(await consent(authorizationUrl))

    expect(visitor.trail.slice(-2)).toEqual([`GET ${stagingUrl}/callback/plain`, `POST ${stagingUrl}/sessions/finish`])
    expect(await visitor.session(world.staging, sessionId)).toMatchObject({ status: 'complete' })
  })

  it('asks nobody who they are, and stores nothing', async () => {
    await world.staging.authpipe.ready()
    const before = await world.staging.database.rows()
    const nobody = world.visitor()
    nobody.cookiesAt(stagingUrl).clear()

    expect((await answerAt(await signed({}), stagingUrl, nobody)).status).toBe(303)
    expect(await world.staging.database.rows()).toEqual(before)
  })

  // RD-1, RD-4: no open redirector (RFC 9700 §4.11.1).
  it.each([
    ['no state', async () => ''],
    ['a URL', async () => 'https://evil.com'],
    ['no signature', async () => (await signed({})).replace(/[^.]+$/, '')],
    ['another secret', () => signed({}, randomSecret())],
    ['another target than was signed', async () => {
      const [header, claims, signature] = (await signed({})).split('.')
      const forged = Buffer.from(claims ?? '', 'base64url').toString().replace(previewUrl, 'https://evil.com')
      return `${header}.${Buffer.from(forged).toString('base64url')}.${signature}`
    }],
  ])('passes an answer with %s to nobody', async (_, make) => {
    const answer = await answerAt(await make())

    expect(answer.status).toBe(200)
    expect(answer.headers.get('location')).toBeNull()
    expect(answer.headers.get('content-security-policy')).toContain("form-action 'self'")
    expect(await answer.text()).toContain(`<form method="post" action="${stagingUrl}/sessions/finish">`)
  })

  // RD-1, RD-2, RD-3, RD-4, RD-5, RD-9: also of what is signed, since every preview could sign it.
  it.each([
    'https://evil.com',
    'https://evil.com/api/authpipe',
    'https://evil.com/.preview.example.com',
    'https://evil.com#.preview.example.com',
    'https://evil.com?.preview.example.com',
    'https://evil.com\\.preview.example.com',
    'https://evil.com@pr-1.preview.example.com/api/authpipe',
    'https://pr-1.preview.example.com@evil.com/api/authpipe',
    'https://pr-1.preview.example.com:pw@evil.com',
    'https://pr-1.preview.example.com.evil.com',
    'https://evilpreview.example.com',
    'https://preview.example.com',
    'https://a.pr-1.preview.example.com',
    'https://pr-1.preview.example.com:8443/api/authpipe',
    'https://pr-1.preview.example.com:443/api/authpipe',
    'https://PR-1.preview.example.com/api/authpipe',
    'HTTPS://pr-1.preview.example.com/api/authpipe',
    'https://pr-1.preview.example.com./api/authpipe',
    'https://pr-1.preview。example.com/api/authpipe',
    'https://pr-ı.preview.exämple.com/api/authpipe',
    'https://pr-1.preview.example.com/api/authpipe/',
    'https://pr-1.preview.example.com/api/../authpipe',
    'https://pr-1.preview.example.com/api/%2e%2e/authpipe',
    'https://pr-1.preview.example.com//evil.com',
    'https://pr-1.preview.example.com/api/authpipe?next=',
    'https://pr-1.preview.example.com/api/authpipe#',
    'https:pr-1.preview.example.com/api/authpipe',
    'https:/\\pr-1.preview.example.com/api/authpipe',
    'https://\tpr-1.preview.example.com/api/authpipe',
    ' https://pr-1.preview.example.com/api/authpipe',
    'https://pr-1.preview.example.com/api/authpipe\r\nset-cookie: a=b',
    'http://pr-1.preview.example.com/api/authpipe',
    'http://localhost:3000/api/authpipe',
    '//pr-1.preview.example.com/api/authpipe',
    'javascript:alert(1)//pr-1.preview.example.com',
    'blob:https://pr-1.preview.example.com/api',
    'https://[',
    '',
    stagingUrl,
  ])('passes nothing to %j, though it is signed, and tells the developer why without repeating it', async (sub) => {
    const answer = await answerAt(await signed({ sub }))
    const page = await answer.text()

    expect(answer.status).toBe(500)
    expect(answer.headers.get('location')).toBeNull()
    expect(page).toContain('Add its origin to &quot;relay.to&quot; here.')
    expect(page).not.toMatch(/evil|pr-1|<form|CANARY/)
  })

  it('passes nothing on that was meant for another one, and says the fix', async () => {
    const answer = await answerAt(await signed({ aud: 'https://production.example.com/api/authpipe' }))
    const page = await answer.text()

    expect(answer.status).toBe(500)
    expect(answer.headers.get('location')).toBeNull()
    expect(page).toContain('Set its &quot;relay.through&quot; to the base URL of this one')
    expect(page).not.toContain('production')
  })

  it('does not reach further by the path that was asked', async () => {
    const state = await signed({})

    for (const path of ['callback/plain/..%2f..%2fevil', 'callback/plain/%2e%2e', 'callback//evil.com', 'callback/plain/a/b']) {
      const answer = await visitor.request(`${stagingUrl}/${path}?state=${state}`)
      expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 404, null])
    }
  })
})

describe('a relayed answer that comes again', () => {
  afterEach(() => world.close())

  // ST-11, ST-12
  it('is redeemed once, also where all finish at once', async () => {
    let finishing = 0
    const all = Promise.withResolvers<boolean>()
    // Each has seen a session that nobody has taken by then.
    const allAtOnce = (): Promise<boolean> => {
      finishing += 1
      if (finishing === 4) all.resolve(true)
      return all.promise
    }
    let authorize = (): Promise<boolean> => Promise.resolve(true)
    await open({ preview: { authorize: () => authorize() } })
    const { authorizationUrl } = await visitor.start(world.preview)
    const callback = await consent(authorizationUrl)
    authorize = allAtOnce

    const relayed = await Promise.all(Array.from({ length: 4 }, async () => (await visitor.request(callback)).headers.get('location') ?? ''))
    const pages = await Promise.all(relayed.map(async (url) => (await visitor.request(url)).text()))
    const answers = await Promise.all(pages.map((page) => visitor.form(`${previewUrl}/sessions/finish`, formOf(page))))
    const later = await visitor.follow(callback)

    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
    expect(await later.text()).toContain('session_already_used')
    expect(world.sandbox.plain.tokenRequests()).toBe(1)
    expect(await visitor.connections(world.preview)).toHaveLength(1)
  })
})

describe('two secrets', () => {
  afterEach(() => world.close())

  it('are both believed while one replaces the other', async () => {
    const [older, newer] = [randomSecret(), randomSecret()]
    await open({ staging: { relay: { to: ['https://*.preview.example.com'], secret: `${newer},${older}` } }, preview: { relay: { through: stagingUrl, secret: older } } })
    const { sessionId, authorizationUrl } = await visitor.start(world.preview)

    await visitor.follow(await consent(authorizationUrl))

    expect(await visitor.session(world.preview, sessionId)).toMatchObject({ status: 'complete' })
  })
})

describe('a deployment that does not relay', () => {
  afterEach(() => world.close())

  it.each([
    ['a preview', {}],
    ['one without the option', { relay: undefined }],
  ] as const)('passes nothing on, whoever signed it: %s', async (_, preview) => {
    await open({ preview })

    const answer = await answerAt(await signed({ aud: previewUrl, sub: otherPreviewUrl }), previewUrl)

    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain(`action="${previewUrl}/sessions/finish"`)
  })
})
