// Every route by every method with every kind of bad request: what each answer carries, and what none of them says or does.
import { errorTable } from '@authpipe/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthpipeOptions } from '../src/config.ts'
import type { Authpipe } from '../src/createAuthpipe.ts'
import { generateSecretKey } from '../src/secretKeys.ts'
import { readPrincipal } from './readPrincipal.ts'
import { baseUrl, openWorld, type World } from './world.ts'

/** Each path with the methods that it takes. */
const routes: Readonly<Record<string, readonly string[]>> = {
  '/providers': ['GET'],
  '/sessions': ['POST'],
  '/sessions/finish': ['POST', 'GET', 'DELETE'],
  '/sessions/CANARY': ['GET', 'DELETE'],
  '/callback/plain': ['GET', 'POST'],
  '/callback/plain/CANARY': ['GET', 'POST'],
  '/callback/CANARY': ['GET', 'POST'],
  '/connections': ['GET', 'POST'],
  '/connections/CANARY': ['GET', 'DELETE'],
  '/connections/CANARY/check': ['POST'],
  '/connections/CANARY/refresh': ['POST'],
  '/credentials': ['POST', 'PUT'],
  '/events': ['GET'],
  '/maintenance': ['GET', 'POST'],
  '/webhooks/freshdesk/CANARY': ['POST'],
  '/webhooks/CANARY/CANARY': ['POST'],
  '/CANARY': [],
}
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']

interface Kind {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}
const own = { cookie: 'app=org_acme/user_1', 'sec-fetch-site': 'same-origin' }
const json = { ...own, 'content-type': 'application/json' }
const form = { ...own, 'content-type': 'application/x-www-form-urlencoded' }

/** Requests that are wrong in one way each. */
const kinds: Readonly<Record<string, Kind>> = {
  'from nobody': { headers: { ...json, cookie: '' }, body: '{"provider":"plain"}' },
  'from another site': { headers: { ...json, 'sec-fetch-site': 'cross-site', origin: 'https://CANARY.example' }, body: '{"provider":"plain"}' },
  'from a form of another site': { headers: { ...form, 'sec-fetch-site': 'cross-site', origin: 'null' }, body: 'provider=plain' },
  'that says nothing of where it is from': { headers: { cookie: own.cookie, 'content-type': 'application/json' }, body: '{"provider":"plain"}' },
  'without a body': { headers: own },
  'of a type that nobody knows': { headers: { ...own, 'content-type': 'CANARY/CANARY' }, body: 'CANARY' },
  'in JSON that breaks off': { headers: json, body: '{"CANARY":"CANARY' },
  'in JSON of another form': { headers: json, body: '[{"CANARY":"CANARY"}]' },
  'in JSON with members of the wrong type': { headers: json, body: '{"provider":["CANARY"],"fields":"CANARY","settings":7,"scopes":{},"sessionId":"CANARY"}' },
  'in JSON with a provider that there is not': { headers: json, body: '{"provider":"CANARY","fields":{"apiKey":"CANARY"},"tenantId":"CANARY"}' },
  'in JSON with prototypes': { headers: json, body: '{"__proto__":{"CANARY":true},"constructor":{"prototype":{"CANARY":true}}}' },
  'that is no UTF-8': { headers: json, body: Uint8Array.of(0x22, 0xff, 0xfe, 0x22) },
  'that is too large': { headers: json, body: `"${'CANARY'.repeat(200_000)}"` },
  'in a form of nonsense': { headers: form, body: 'CANARY=CANARY&state=CANARY&code=CANARY&provider=CANARY&state=CANARY&%=%' },
  'with an answer that belongs to nothing': { headers: form, body: 'provider=plain&state=CANARY&code=CANARY&mode=CANARY' },
  'with a key that is none': { headers: { authorization: 'Bearer CANARY', 'content-type': 'application/json' }, body: '{"provider":"plain","tenantId":"org_acme","userId":"user_1"}' },
  'with headers of nonsense': { headers: { ...json, authorization: 'CANARY %', cookie: 'app=%; authpipe=CANARY; =;;', 'x-forwarded-host': 'CANARY.example', 'content-length': '-1' }, body: '{}' },
}

let world: World
let answers: { readonly what: string; readonly method: string; readonly path: string; readonly response: Response; readonly text: string }[]

/** Sends everything to a server. */
async function sweep(authpipe: Authpipe, only?: Readonly<Record<string, Kind>>): Promise<typeof answers> {
  const found: typeof answers = []
  for (const path of Object.keys(routes)) {
    for (const method of methods) {
      for (const [kind, { headers, body }] of Object.entries(only ?? kinds)) {
        const hasBody = !['GET', 'HEAD'].includes(method) && body !== undefined
        const request = new Request(`${baseUrl}${path}?CANARY=CANARY&tenantId=org_acme`, { method, headers, ...(hasBody ? { body: body as never } : {}) })
        const response = await authpipe.handler(request)
        found.push({ what: `${method} ${path} ${kind}`, method, path, response, text: await response.text() })
      }
    }
  }
  return found
}

beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  world = await openWorld({ options: { secretKeys: generateSecretKey(), maintenanceSecret: 'maintenance-secret-0123456789' } })
  answers = await sweep(world.authpipe)
}, 60_000)
afterAll(async () => {
  vi.restoreAllMocks()
  await world.close()
})

/** Those of which something does not hold. */
const whichFail = (holds: (answer: (typeof answers)[number]) => boolean, all = answers): string[] => all.filter((answer) => !holds(answer)).map(({ what, response }) => `${what}: ${response.status}`)

const isPage = ({ response }: { readonly response: Response }): boolean => response.headers.get('content-type') === 'text/html; charset=utf-8'
const isProblem = ({ response }: { readonly response: Response }): boolean => response.headers.get('content-type') === 'application/problem+json'

describe('every route by every method', () => {
  it('is walked: these are all of them, with the methods that each takes', async () => {
    for (const [path, taken] of Object.entries(routes)) {
      const response = await world.authpipe.handler(new Request(baseUrl + path, { method: 'PATCH' }))
      expect([path, response.status, response.headers.get('allow')?.split(', ').toSorted() ?? []]).toEqual([path, taken.length > 0 ? 405 : 404, taken.toSorted()])
    }
    expect(answers).toHaveLength(Object.keys(routes).length * methods.length * Object.keys(kinds).length)
  })

  // HT-7, HT-9
  it('answers a bad request with all headers of protection, and none that lets others in', () => {
    const kept = (headers: Headers): boolean =>
      headers.get('cache-control') === 'no-store' &&
      headers.get('x-content-type-options') === 'nosniff' &&
      headers.get('referrer-policy') === 'no-referrer' &&
      headers.get('cross-origin-resource-policy') === 'same-origin' &&
      ![...headers.keys()].some((name) => name.startsWith('access-control-') || ['etag', 'last-modified', 'server', 'x-powered-by', 'server-timing'].includes(name))
    expect(whichFail(({ response }) => kept(response.headers))).toEqual([])
    const policy = /^default-src 'none'; style-src 'sha256-[^']+'; script-src ('sha256-[^']+'|'none'); base-uri 'none'; form-action [^;]+; frame-ancestors 'none'/
    expect(whichFail((answer) => !isPage(answer) || (policy.test(answer.response.headers.get('content-security-policy') ?? '') && answer.response.headers.get('x-frame-options') === 'DENY'))).toEqual([])
  })

  // HT-18
  it('answers a bad request with a problem of the table or a page, whose status it has', () => {
    expect(whichFail((answer) => isPage(answer) || isProblem(answer) || answer.response.status < 300)).toEqual([])
    const isOfTable = ({ text, response }: (typeof answers)[number]): boolean => {
      const problem = JSON.parse(text) as Record<string, unknown>
      return Object.hasOwn(errorTable, String(problem.code)) && problem.status === response.status && typeof problem.detail === 'string' && problem.detail !== ''
    }
    expect(whichFail((answer) => !isProblem(answer) || isOfTable(answer))).toEqual([])
    // What nobody foresaw would be one.
    expect(whichFail(({ response }) => response.status < 500)).toEqual([])
  })

  // HT-18, HT-8
  it('says nothing of the inside, and nothing of what was sent', () => {
    const inside = /node_modules|\.ts[:)]|\bat [\w.]+ \(|SQLITE|SELECT |INSERT |org_acme|user_1|\/(home|tmp|root|work|srv)\//
    // The page of a callback sends the answer of the provider on, as hidden fields of its form.
    expect(whichFail(({ text, path, response }) => !text.includes('CANARY') || (path.startsWith('/callback/plain') && response.status === 200))).toEqual([])
    expect(whichFail(({ text }) => !inside.test(text))).toEqual([])
    expect(whichFail(({ response }) => ![...response.headers].some(([, value]) => value.includes('CANARY')))).toEqual([])
  })

  it('does nothing and gives nothing: only what needs no right answers well', () => {
    const done = answers.filter(({ response }) => response.ok).map(({ method, path }) => `${method} ${path}`)
    // The list of a user, of providers, and a page that redeems nothing.
    expect(new Set(done)).toEqual(new Set(['GET /providers', 'GET /connections', 'GET /callback/plain', 'GET /callback/plain/CANARY', 'POST /callback/plain', 'POST /callback/plain/CANARY']))
    expect(whichFail(({ response }) => response.headers.getSetCookie().length === 0)).toEqual([])
  })

  it('changes nothing, and asks no provider', async () => {
    expect(world.sandbox.requests).toEqual([])
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
    const rows = await world.database.rows()
    expect([rows.session, rows.connection, rows.secret, rows.event, rows.webhook]).toEqual([[], [], [], [], []])
    expect('CANARY' in {}).toBe(false)
  })
})

// AZ-3, AZ-4
describe('every route', () => {
  const never = new Promise<never>(() => undefined)
  const failing: [string, AuthpipeOptions['identify']][] = [
    ['throws', () => { throw new Error('CANARY') }],
    ['rejects', () => Promise.reject(new Error('CANARY'))],
    ['hangs', () => never],
    ['answers nothing', () => undefined as never],
    ['answers junk', () => ({ tenantId: { CANARY: true }, userId: ['CANARY'] }) as never],
    ['answers another type', () => 'CANARY' as never],
  ]
  let good: Kind
  beforeEach(() => {
    good = { headers: json, body: '{"provider":"plain","fields":{},"settings":{}}' }
  })

  it.each(failing)('is closed where identify %s', async (_, identify) => {
    const closed = await sweep(world.another({ identify, identifyTimeoutMs: 20, baseUrl, maintenance: 'manual' }), { good })
    expect(whichFail(({ response, path }) => !response.ok || path.startsWith('/callback/plain'), closed)).toEqual([])
    expect(whichFail(({ text, path, response }) => !text.includes('CANARY') || (path.startsWith('/callback/plain') && response.status === 200), closed)).toEqual([])
    expect(whichFail(({ response }) => response.status < 500, closed)).toEqual([])
  })

  it('is open where identify answers as it should', async () => {
    const opened = await sweep(world.another({ identify: readPrincipal }), { good })
    expect(opened.filter(({ response }) => response.ok).map(({ what }) => what)).toContain('POST /sessions good')
  })
})
