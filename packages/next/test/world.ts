// A whole small world for flow tests: the sandbox, an app with Authpipe mounted, and browsers with a cookie jar each.
import type { Connection, Registration, Session } from '@authpipe/core'
import { crisp, freshdesk, freshservice, helpScout, livechat } from '@authpipe/core/providers'
import { giveConsent, sandboxClient, sandboxEndpoints, startSandbox, type Sandbox } from '@authpipe/sandbox'
import { randomUUID } from 'node:crypto'
import type { AuthpipeOptions } from '../src/config.ts'
import { composeAuthpipe, type Authpipe } from '../src/createAuthpipe.ts'
import type { Surroundings } from '../src/openEngine.ts'
import { generateKey } from '../src/vault/keyring.ts'
import { readPrincipal } from './readPrincipal.ts'
import { openTestDatabase, type TestDatabase } from './testDatabase.ts'
import { plain } from './textbookProvider.ts'

export { plain } from './textbookProvider.ts'

export const baseUrl = 'http://localhost:3000/api/authpipe'

export interface World {
  readonly sandbox: Sandbox
  readonly authpipe: Authpipe
  readonly database: TestDatabase
  /** What `onEvent` was told. */
  readonly events: { readonly type: string; readonly data: Readonly<Record<string, unknown>> }[]
  /** The clock of the server; moves only when told. */
  readonly clock: { now: number }
  /** A server of its own on the same database, as another process would be. */
  another(options?: Partial<AuthpipeOptions>, surroundings?: Partial<Surroundings>): Authpipe
  browser(tenantId?: string, userId?: string): Browser
  close(): Promise<void>
}

export interface WorldOptions {
  readonly options?: Partial<AuthpipeOptions>
  readonly livechatScopes?: readonly string[]
}

export async function openWorld({ options = {}, livechatScopes = ['chats--all:ro', 'agents--my:ro'] }: WorldOptions = {}): Promise<World> {
  const clock = { now: Date.now() }
  const sandbox = await startSandbox({ now: () => clock.now })
  // Help Scout takes no redirect URI in its requests: the one that is registered there is used.
  sandbox['help-scout'].set({ redirectUrl: `${baseUrl}/callback/help-scout` })
  sandbox.crisp.set({ callbackUrl: `${baseUrl}/callback/crisp` })
  const database = await openTestDatabase()
  const events: World['events'] = []
  const keys = generateKey()
  const providers: Registration[] = [
    livechat({ ...sandboxClient('livechat'), scopes: livechatScopes, endpoints: sandboxEndpoints('livechat', sandbox.url) }),
    helpScout({ ...sandboxClient('help-scout'), endpoints: sandboxEndpoints('help-scout', sandbox.url) }),
    freshdesk({ endpoints: sandboxEndpoints('freshdesk', sandbox.url) }),
    // Each tenant brings its own app; only this one has.
    freshservice(({ tenantId }) => {
      const endpoints = sandboxEndpoints('freshservice', sandbox.url)
      return tenantId === 'org_acme' ? { ...sandboxClient('freshservice'), scopes: ['freshservice.tickets.view'], endpoints } : { endpoints }
    }),
    crisp({ ...sandboxClient('crisp'), endpoints: sandboxEndpoints('crisp', sandbox.url) }),
    plain({ ...sandboxClient('plain'), scopes: ['profile', 'things:read'], endpoints: sandboxEndpoints('plain', sandbox.url) }),
  ]
  const opened: Authpipe[] = []
  const compose = (more: Partial<AuthpipeOptions> = {}, surroundings: Partial<Surroundings> = {}): Authpipe => {
    const authpipe = composeAuthpipe(
      {
        providers,
        identify: readPrincipal,
        baseUrl,
        keys,
        database: database.url,
        allowInsecureLoopback: true,
        maintenance: 'manual',
        onEvent: ({ type, data }) => void events.push({ type, data }),
        ...options,
        ...more,
      },
      { env: {}, now: () => clock.now, isSimulated: true, ...surroundings },
    )
    opened.push(authpipe)
    return authpipe
  }
  const authpipe = compose({})
  return {
    sandbox,
    authpipe,
    database,
    events,
    clock,
    another: compose,
    browser: (tenantId = 'org_acme', userId = 'user_1') => new Browser(authpipe, { tenantId, userId }),
    async close() {
      await Promise.all(opened.map((one) => one.close()))
      await sandbox.close()
      await database.close()
    },
  }
}

/** What a browser does, without one: cookies, same-origin headers, forms. */
export class Browser {
  readonly cookies = new Map<string, string>()
  #authpipe: Pick<Authpipe, 'handler'>

  constructor(authpipe: Pick<Authpipe, 'handler'>, principal: { tenantId: string; userId: string }) {
    this.#authpipe = authpipe
    this.signIn(principal.tenantId, principal.userId)
  }

  signIn(tenantId: string, userId: string): void {
    this.cookies.set('app', `${tenantId}/${userId}`)
  }

  /** Goes to another server of the same app from now on. */
  moveTo(authpipe: Pick<Authpipe, 'handler'>): void {
    this.#authpipe = authpipe
  }

  async request(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', 'same-origin')
    if (!headers.has('cookie')) headers.set('cookie', [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; '))
    const response = await this.#authpipe.handler(new Request(baseUrl + path, { ...init, headers }))
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? []
      this.cookies.set(name, value)
    }
    return response
  }

  json(method: string, path: string, body?: unknown): Promise<Response> {
    return this.request(path, { method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }

  form(path: string, fields: Readonly<Record<string, string>> | URLSearchParams): Promise<Response> {
    return this.request(path, { method: 'POST', body: new URLSearchParams(fields) })
  }

  /** Starts a session and answers where the provider is. */
  async start(provider = 'livechat', more: Readonly<Record<string, unknown>> = {}): Promise<{ sessionId: string; authorizationUrl: string }> {
    const response = await this.json('POST', '/sessions', { provider, sessionId: randomUUID(), ...more })
    const body = (await response.json()) as { sessionId: string; authorizationUrl: string; detail?: string }
    if (response.status !== 201) throw new Error(`start: ${response.status} ${body.detail}`)
    return body
  }

  /** Opens the callback URL and sends the form of its page, as its script does. */
  async followCallback(callbackUrl: string): Promise<Response> {
    const page = await this.request(callbackUrl.slice(baseUrl.length))
    return this.form('/sessions/finish', formOf(await page.text()))
  }

  async session(sessionId: string): Promise<Session> {
    return (await this.request(`/sessions/${sessionId}`)).json() as Promise<Session>
  }

  async connections(): Promise<Connection[]> {
    return ((await (await this.request('/connections')).json()) as { connections: Connection[] }).connections
  }

  /** The whole road. */
  async connect(provider = 'livechat', { accountId, ...more }: Readonly<Record<string, unknown>> & { accountId?: string } = {}): Promise<Connection> {
    const { sessionId, authorizationUrl } = await this.start(provider, more)
    const finished = await this.followCallback(await consent(authorizationUrl, accountId))
    const { connection, error } = await this.session(sessionId)
    if (!connection) throw new Error(`connect: ${finished.status} ${error?.code}`)
    return connection
  }
}

/** Says yes at the provider. @returns the callback URL */
export async function consent(authorizationUrl: string, accountId?: string): Promise<string> {
  const answer = await giveConsent(authorizationUrl, accountId === undefined ? {} : { accountId })
  const location = answer.headers.get('location')
  if (!location) throw new Error(`consent: no redirect but ${answer.status}`)
  return location
}

/** The hidden fields of a page's form. */
export function formOf(html: string): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [, name = '', value = ''] of html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)">/g)) fields.append(name, unescape(value))
  return fields
}

function unescape(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}
