// One deployment whose host stays, two previews with hosts that are registered nowhere, and people who go from one to the other over HTTP.
import type { Session } from '@authpipe/core'
import { crisp, freshservice, livechat } from '@authpipe/core/providers'
import { sandboxClient, sandboxEndpoints, startSandbox, type Sandbox } from '@authpipe/sandbox'
import { randomBytes } from 'node:crypto'
import type { AuthpipeOptions } from '../src/config.ts'
import { composeAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { readPrincipal } from './readPrincipal.ts'
import { serveHandler, type Served } from './serveHandler.ts'
import { openTestDatabase, type TestDatabase } from './testDatabase.ts'
import { plain } from './textbookProvider.ts'
import { formOf } from './world.ts'

/** A deployment: what it is to browsers, and where it listens. */
export interface Site {
  readonly baseUrl: string
  readonly authpipe: Authpipe
  readonly served: Served
  readonly database: TestDatabase
}

export interface RelayWorld {
  readonly sandbox: Sandbox
  readonly clock: { now: number }
  readonly secret: string
  readonly staging: Site
  readonly preview: Site
  readonly otherPreview: Site
  visitor(tenantId?: string, userId?: string): Visitor
  close(): Promise<void>
}

export const stagingUrl = 'https://staging.example.com/api/authpipe'
export const previewUrl = 'https://pr-1.preview.example.com/api/authpipe'
export const otherPreviewUrl = 'https://pr-2.preview.example.com/api/authpipe'

export const randomSecret = (): string => randomBytes(32).toString('base64')

/** @param options - what an end of the relay has instead of the usual */
export async function openRelayWorld({ staging = {}, preview = {} }: { readonly staging?: Partial<AuthpipeOptions>; readonly preview?: Partial<AuthpipeOptions> } = {}): Promise<RelayWorld> {
  const clock = { now: Date.now() }
  const secret = randomSecret()
  const sandbox = await startSandbox({ now: () => clock.now })
  // What is registered at the providers: nothing of a preview.
  sandbox.plain.set({ redirectUris: [`${stagingUrl}/callback/plain`] })
  sandbox.livechat.set({ redirectUris: [`${stagingUrl}/callback/livechat`] })
  sandbox.crisp.set({ callbackUrl: `${stagingUrl}/callback/crisp` })
  const sites: Site[] = []
  const open = async (baseUrl: string, options: Partial<AuthpipeOptions>): Promise<Site> => {
    const database = await openTestDatabase()
    const authpipe = composeAuthpipe(
      {
        providers: [
          plain({ ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', sandbox.url) }),
          livechat({ ...sandboxClient('livechat'), endpoints: sandboxEndpoints('livechat', sandbox.url) }),
          freshservice(() => ({ ...sandboxClient('freshservice'), scopes: ['freshservice.tickets.view'], endpoints: sandboxEndpoints('freshservice', sandbox.url) })),
          crisp({ ...sandboxClient('crisp'), endpoints: sandboxEndpoints('crisp', sandbox.url) }),
        ],
        identify: readPrincipal,
        baseUrl,
        keys: generateKey(),
        database: database.url,
        allowInsecureLoopback: true,
        maintenance: 'manual',
        ...options,
      },
      { env: { AUTHPIPE_RELAY_SECRET: secret }, now: () => clock.now, isSimulated: true },
    )
    const site: Site = { baseUrl, authpipe, database, served: await serveHandler(authpipe.handler, new URL(baseUrl).origin) }
    sites.push(site)
    return site
  }
  const relayed = { relay: { through: stagingUrl }, ...preview }
  return {
    sandbox,
    clock,
    secret,
    staging: await open(stagingUrl, { relay: { to: ['https://*.preview.example.com', 'https://staging.example.com'] }, ...staging }),
    preview: await open(previewUrl, relayed),
    otherPreview: await open(otherPreviewUrl, relayed),
    visitor: (tenantId = 'org_acme', userId = 'user_1') => new Visitor(sites, `${tenantId}/${userId}`),
    async close() {
      for (const { authpipe, served, database } of sites) {
        await served.close()
        await authpipe.close()
        await database.close()
      }
      await sandbox.close()
    },
  }
}

/** A browser that is signed in to every deployment, with cookies for each host. */
export class Visitor {
  readonly #sites: readonly Site[]
  readonly #jars = new Map<string, Map<string, string>>()
  /** Where it has been, in order. */
  readonly trail: string[] = []

  constructor(sites: readonly Site[], signedInAs: string) {
    this.#sites = sites
    for (const { baseUrl } of sites) this.cookiesAt(baseUrl).set('app', signedInAs)
  }

  cookiesAt(url: string): Map<string, string> {
    const { origin } = new URL(url)
    const jar = this.#jars.get(origin) ?? new Map<string, string>()
    this.#jars.set(origin, jar)
    return jar
  }

  /** @param from - the origin of the page that asks; the one that is asked by default */
  async request(url: string, init: RequestInit = {}, from = new URL(url).origin): Promise<Response> {
    const { origin, pathname, search } = new URL(url)
    const site = this.#sites.find(({ baseUrl }) => new URL(baseUrl).origin === origin)
    if (!site) throw new Error(`No deployment of ours is at ${origin}.`)
    this.trail.push(`${init.method ?? 'GET'} ${origin}${pathname}`)
    const jar = this.cookiesAt(url)
    const headers = new Headers(init.headers)
    headers.set('sec-fetch-site', from === origin ? 'same-origin' : 'cross-site')
    headers.set('cookie', [...jar].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await fetch(site.served.origin + pathname + search, { ...init, headers, redirect: 'manual' })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? []
      jar.set(name, value)
    }
    return response
  }

  form(url: string, fields: URLSearchParams | Readonly<Record<string, string>>, from?: string): Promise<Response> {
    return this.request(url, { method: 'POST', body: new URLSearchParams(fields) }, from)
  }

  async start({ baseUrl }: Site, provider = 'plain', more: Readonly<Record<string, unknown>> = {}): Promise<{ sessionId: string; authorizationUrl: string }> {
    const body = JSON.stringify({ provider, ...more })
    const response = await this.request(`${baseUrl}/sessions`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const started = (await response.json()) as { sessionId: string; authorizationUrl: string; code?: string }
    if (response.status !== 201) throw new Error(`start: ${response.status} ${started.code}`)
    return started
  }

  /** Goes where a provider's answer leads: by redirects, and by pages whose script posts their form. */
  async follow(answer: string | { readonly url: string; readonly fields: URLSearchParams }): Promise<Response> {
    const provider = 'https://provider.example'
    let url = typeof answer === 'string' ? answer : answer.url
    let response = typeof answer === 'string' ? await this.request(url, {}, provider) : await this.form(url, answer.fields, provider)
    for (;;) {
      const location = response.headers.get('location')
      const page = await response.clone().text()
      const action = /<form method="post" action="([^"]+)"/.exec(page)?.[1]
      if (location !== null) {
        response = await this.request((url = location), {}, provider)
      } else if (action !== undefined) {
        const from = new URL(url).origin
        response = await this.form((url = action), formOf(page), from)
      } else {
        return response
      }
    }
  }

  async session({ baseUrl }: Site, sessionId: string): Promise<Session> {
    return (await this.request(`${baseUrl}/sessions/${sessionId}`)).json() as Promise<Session>
  }

  async connections({ baseUrl }: Site): Promise<readonly unknown[]> {
    return ((await (await this.request(`${baseUrl}/connections`)).json()) as { connections: unknown[] }).connections
  }
}
