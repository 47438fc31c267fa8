import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { createAuthpipe, type Authpipe, type RelayOptions } from '@authpipe/next'
import { sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { plain } from '../../plain.ts'
import { portOf } from '../portOf.ts'
import { buildHostPage } from './buildHostPage.ts'

/** An app with the host page at every path and Authpipe's routes, whose answers a test bends. */
export interface Host {
  /** On `localhost`, while the stand-in of the provider is on `127.0.0.1`: another site. */
  readonly url: string
  readonly authpipe: Authpipe
  /** Who is signed in; nobody where it is `null`. */
  principal: { readonly tenantId: string; readonly userId: string } | null
  /** The cookie by which the app knows who is signed in, as `name=value`; any request is signed in where it is not set. */
  cookie?: string
  /** Requests to the routes so far, such as `GET /callback/plain`, and whether each carried that cookie. */
  readonly asked: { readonly what: string; readonly isSignedIn: boolean }[]
  /** What the app's own rule says of connecting. */
  allows: boolean
  /** Headers of the page; `{nonce}` stands for the nonce of its script. */
  readonly pageHeaders: Record<string, string>
  /** Headers that the app's framework adds to every answer of the routes, the pages in the window included. */
  readonly routeHeaders: Record<string, string>
  stop(): Promise<void>
}

export const basePath = '/api/authpipe'

/** @param relay - what its provider returns to it through, where that is not itself */
export async function startHost(sandboxUrl: string, relay?: RelayOptions): Promise<Host> {
  const page = await buildHostPage()
  const dataFolder = mkdtempSync(join(tmpdir(), 'authpipe-host-'))
  const nonce = randomBytes(16).toString('base64')
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing))
  server.listen(0)
  await once(server, 'listening')
  const url = `http://localhost:${portOf(server)}`

  const host: Host = {
    url,
    authpipe: createAuthpipe({
      providers: [plain({ ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', sandboxUrl) })],
      identify: async (request) => (isSignedIn(request.headers.get('cookie')) ? host.principal : null),
      authorize: async ({ action }) => action === 'read' || host.allows,
      baseUrl: url + basePath,
      ...(relay && { relay }),
      keys: `test:${randomBytes(32).toString('base64')}`,
      database: `file:${join(dataFolder, 'authpipe.db')}`,
      allowInsecureLoopback: true,
      maintenance: 'manual',
    }),
    principal: { tenantId: 'org_northwind', userId: 'user_ada' },
    asked: [],
    allows: true,
    pageHeaders: {},
    routeHeaders: {},
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
      await host.authpipe.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }

  function isSignedIn(cookies: string | null | undefined): boolean {
    return host.cookie === undefined || (cookies ?? '').split('; ').includes(host.cookie)
  }

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const path = incoming.url ?? '/'
    const script = page.files.get(path)
    if (path.startsWith(`${basePath}/`)) {
      host.asked.push({ what: `${incoming.method} ${path.slice(basePath.length).split('?', 1)[0]}`, isSignedIn: isSignedIn(incoming.headers.cookie) })
      const response = await host.authpipe.handler(await toRequest(incoming, url))
      outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...host.routeHeaders })
      outgoing.end(Buffer.from(await response.arrayBuffer()))
    } else if (script !== undefined) {
      outgoing.writeHead(200, { 'content-type': 'text/javascript; charset=utf-8' }).end(script)
    } else {
      const headers = Object.entries(host.pageHeaders).map(([name, value]) => [name, value.replaceAll('{nonce}', nonce)])
      outgoing.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...Object.fromEntries(headers) })
      outgoing.end(`<!doctype html><html lang="en"><title>Northwind</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" nonce="${nonce}" src="${page.entry}"></script>`)
    }
  }
  return host
}

export async function toRequest(incoming: IncomingMessage, origin: string): Promise<Request> {
  const { method = 'GET', url = '/', rawHeaders } = incoming
  const headers = new Headers()
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '')
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(origin + url, { method, headers, ...(hasBody && { body: await buffer(incoming) }) })
}
