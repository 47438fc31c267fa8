import { once } from 'node:events'
import { createServer } from 'node:https'
import { describe, expect, it, onTestFinished } from 'vitest'
import { selfSignedCertificate } from '../../../next/test/selfSignedCertificate.ts'
import { serveHandler } from '../../../next/test/serveHandler.ts'
import { openApp } from '../../test/exampleApp.ts'
import { unusedOrigin } from '../../test/unusedOrigin.ts'
import { checkServer, type ServerQuestion } from './checkServer.ts'
import type { Finding } from './Finding.ts'

const silent = await unusedOrigin()

/** Headers that belong to one connection, or that would contradict what is sent on. */
const ofOneHop = ['host', 'connection', 'keep-alive', 'transfer-encoding', 'content-length', 'content-encoding']

function passedOn(headers: Headers): Headers {
  const passed = new Headers(headers)
  for (const name of ofOneHop) passed.delete(name)
  return passed
}

/** A server in front of an app that is well, such as a proxy, which changes what passes. */
async function behind(change: (response: Response, path: string) => Response): Promise<string> {
  const app = await openApp()
  const { origin, close } = await serveHandler(async (request) => {
    const { pathname, search } = new URL(request.url)
    const body = request.method === 'GET' ? {} : { body: await request.text() }
    const answer = await fetch(app.origin + pathname + search, { method: request.method, headers: passedOn(request.headers), redirect: 'manual', ...body })
    return change(new Response(await answer.text(), { status: answer.status, headers: passedOn(answer.headers) }), pathname)
  }, 'http://proxy.localhost')
  onTestFinished(close)
  return origin
}

const ask = (origin: string, more: Partial<ServerQuestion> = {}): Promise<readonly Finding[]> => checkServer({ baseUrl: `${origin}/api/authpipe`, isNamed: true, pageUrl: `${origin}/integrations`, ...more })

const withHeader = (name: string, value: string | undefined, where: RegExp) => (response: Response, path: string): Response => {
  if (!where.test(path)) return response
  const headers = new Headers(response.headers)
  headers.delete(name)
  if (value !== undefined) headers.set(name, value)
  return new Response(response.body, { status: response.status, headers })
}

const problem = (id: string, message: RegExp, fix: RegExp): unknown =>
  expect.objectContaining({ id, status: 'problem', message: expect.stringMatching(message) as string, fix: expect.stringMatching(fix) as string })

const pages = /^\/integrations/
const routes = /^\/api\/authpipe/

describe('a server that is well', () => {
  it('passes every check', async () => {
    const { origin } = await openApp()
    const findings = await ask(origin)

    expect(findings.map(({ id, status }) => [id, status])).toEqual(['server', 'origin', 'cookies', 'clock', 'page-headers', 'route-headers'].map((id) => [id, 'ok']))
  })
})

describe('the address of a server', () => {
  it.each([
    ['a port on which nothing listens', silent, /ECONNREFUSED/, /Start the app, or correct AUTHPIPE_BASE_URL/],
    ['a host that there is not', 'http://authpipe.invalid', /ENOTFOUND|EAI_AGAIN/, /Correct the host in AUTHPIPE_BASE_URL/],
  ])('is found out to be %s', async (_, origin, message, fix) => {
    expect(await ask(origin)).toContainEqual(problem('server', message, fix))
  })

  it('is found out to have a certificate that browsers refuse', async () => {
    const server = createServer(selfSignedCertificate('localhost'), (_, response) => response.end()).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void server.close())
    const address = server.address()

    expect(await ask(`https://localhost:${typeof address === 'object' ? address?.port : 0}`)).toContainEqual(problem('server', /SELF_SIGNED/, /certificate that browsers accept/))
  })

  it('may be silent where nobody named one: the app just does not run', async () => {
    expect(await ask(silent, { isNamed: false })).toContainEqual(expect.objectContaining({ id: 'server', status: 'not_checked' }))
  })

  it('is found out to be somebody else', async () => {
    const { origin } = await openApp()

    expect(await ask(origin, { baseUrl: `${origin}/api/other` })).toContainEqual(problem('server', /HTTP 200, and it is not Authpipe/, /Compare the path of AUTHPIPE_BASE_URL/))
  })

  it('is found out to have another path than the server knows', async () => {
    const { origin } = await openApp()
    const { origin: moved, close } = await serveHandler(({ url }) => fetch(`${origin}/api/authpipe${new URL(url).pathname}`), 'http://moved.localhost')
    onTestFinished(close)

    expect(await ask(moved, { baseUrl: `${moved}/hooks` })).toContainEqual(problem('server', /takes another path for its own/, /end with the path that the route is mounted at/))
  })

  it('is found out to send browsers to a sign-in', async () => {
    const origin = await behind((response, path) => (routes.test(path) ? Response.redirect('http://127.0.0.1:1/sign-in?next=x', 307) : response))

    expect(await ask(origin)).toContainEqual(problem('server', /sends browsers on to http:\/\/127\.0\.0\.1:1\/sign-in\.$/, /Let middleware and redirects leave the routes of Authpipe alone/))
  })

  it('is found out to send browsers to another host', async () => {
    const origin = await behind((response, path) => (routes.test(path) ? Response.redirect(`https://www.example.com${path}`, 308) : response))

    expect(await ask(origin)).toContainEqual(problem('server', /sends browsers on to https:\/\/www\.example\.com\/api\/authpipe/, /Set AUTHPIPE_BASE_URL to https:\/\/www\.example\.com\/api\/authpipe\./))
  })

  it('is found out to belong to a server that cannot start', async () => {
    const origin = await behind((response, path) =>
      routes.test(path) ? Response.json({ type: 'https://example.com/#store_unavailable', code: 'store_unavailable', status: 503 }, { status: 503 }) : response,
    )

    expect(await ask(origin)).toContainEqual(problem('server', /cannot start: store_unavailable/, /See the server's log/))
  })
})

describe('the origin of a page', () => {
  it('is found out to be another than the server takes for its own', async () => {
    const origin = await behind((response) => response)

    expect(await ask(origin)).toContainEqual(problem('origin', /refuses changes from pages of http:\/\/127\.0\.0\.1:\d+: it takes itself to be elsewhere/, /Set AUTHPIPE_BASE_URL of the server/))
  })

  it('is found out to be another than that of the base URL', async () => {
    const { origin } = await openApp()
    const page = origin.replace('127.0.0.1', 'localhost')

    expect(await ask(origin, { pageUrl: page })).toContainEqual(problem('origin', /neither cookies nor changes cross over/, /Set AUTHPIPE_BASE_URL to http:\/\/localhost/))
  })
})

describe('the cookie', () => {
  it.each([
    ['over http on another machine', 'http://app.invalid/api/authpipe', 'http://app.invalid/', /over http at app\.invalid/, /over https/],
    ['for another host', 'http://127.0.0.1:1/api/authpipe', 'http://localhost:1/', /set for 127\.0\.0\.1, and a browser does not send it to localhost/, /Open the app at 127\.0\.0\.1/],
    ['that needs https, over http', 'https://localhost:1/api/authpipe', 'http://localhost:1/', /__Host-authpipe needs https/, /begin with http/],
  ])('is found out not to be set %s', async (_, baseUrl, pageUrl, message, fix) => {
    expect(await checkServer({ baseUrl, pageUrl, isNamed: true })).toContainEqual(problem('cookies', message, fix))
  })
})

describe('the clock of a server', () => {
  it.each([
    [-3_600_000, /3600 seconds behind/],
    [120_000, /1\d\d seconds ahead of/],
  ])('is found out to be %d milliseconds off', async (offMs, message) => {
    const origin = await behind(withHeader('date', new Date(Date.now() + offMs).toUTCString(), routes))

    expect(await ask(origin)).toContainEqual(problem('clock', message, /NTP/))
  })
})

describe('the headers of a page', () => {
  it.each([
    ['cuts windows off', 'cross-origin-opener-policy', 'same-origin', /Cross-Origin-Opener-Policy: same-origin, which cuts the page off/, /same-origin-allow-popups/],
    ['lets no form go', 'content-security-policy', `default-src 'self'; form-action 'none'`, /form-action without 'self': the window stays blank/, /Add 'self' to form-action/],
    ['lets nothing be asked', 'content-security-policy', `default-src 'none'; form-action 'self'`, /connect-src without 'self'/, /Add 'self' to connect-src/],
    ['lets no window open', 'content-security-policy', 'sandbox allow-scripts allow-same-origin allow-forms', /sandbox without allow-popups: the window does not open/, /Add allow-popups/],
  ])('are found out where one %s', async (_, name, value, message, fix) => {
    const origin = await behind(withHeader(name, value, pages))

    expect(await ask(origin)).toContainEqual(problem('page-headers', message, fix))
  })

  it('are read from the page too', async () => {
    const origin = await behind((response, path) => (pages.test(path) ? new Response(`<meta http-equiv="Content-Security-Policy" content="form-action 'none'">`) : response))

    expect(await ask(origin)).toContainEqual(problem('page-headers', /form-action without 'self'/, /Add 'self'/))
  })

  it('are not judged where the page is elsewhere', async () => {
    const origin = await behind((response, path) => (pages.test(path) ? Response.redirect('https://sign-in.example.com/', 302) : response))

    expect(await ask(origin)).toContainEqual(expect.objectContaining({ id: 'page-headers', status: 'not_checked' }))
  })
})

describe('the headers of our own pages', () => {
  it.each([
    ['takes away', undefined, /takes the Content-Security-Policy away/],
    ['changes', `default-src 'self'`, /changes the Content-Security-Policy/],
  ])('are found out where something %s their policy', async (_, value, message) => {
    const origin = await behind(withHeader('content-security-policy', value, routes))

    expect(await ask(origin)).toContainEqual(problem('route-headers', message, /Leave the routes of Authpipe out of it/))
  })

  it('are found out where something lets them be cached', async () => {
    const origin = await behind(withHeader('cache-control', 'public, max-age=60', routes))

    expect(await ask(origin)).toContainEqual(problem('route-headers', /lets answers below .* be cached/, /Cache-Control: no-store/))
  })
})
