import { createHash, randomBytes } from 'node:crypto'

import { giveConsent, sandboxClient, sandboxEndpoints, type ConsentDecision, type ClientStandInId, type Sandbox } from '../src/index.ts'

/** What an endpoint answered. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

type Parameters = Readonly<Record<string, string | undefined>>

/** An app that talks to a stand-in as a correct client does; `undefined` leaves out a parameter that it would send. */
export class App {
  readonly redirectUri = 'http://localhost:3000/callback'
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  readonly endpoints: Readonly<Record<string, string>>

  constructor(sandbox: Sandbox, provider: ClientStandInId) {
    this.client = sandboxClient(provider)
    this.endpoints = sandboxEndpoints(provider, sandbox.url)
  }

  authorizationUrl(changes: Parameters = {}): string {
    const defaults = { response_type: 'code', client_id: this.client.clientId, redirect_uri: this.redirectUri, state: 'state-1' }
    return `${this.endpoints.authorizationEndpoint}?${defined({ ...defaults, ...changes })}`
  }

  /** Where a consenting person's browser is sent. */
  async authorize(changes: Parameters = {}, decision: ConsentDecision = {}): Promise<URL> {
    const response = await giveConsent(this.authorizationUrl(changes), decision)
    return new URL(response.headers.get('location') ?? 'missing:location')
  }

  async code(changes: Parameters = {}, decision: ConsentDecision = {}): Promise<string> {
    return (await this.authorize(changes, decision)).searchParams.get('code') ?? ''
  }

  token(parameters: Parameters): Promise<Answer> {
    const { clientId, clientSecret } = this.client
    const body = defined({ client_id: clientId, client_secret: clientSecret, ...parameters })
    return ask(this.endpoints.tokenEndpoint, { method: 'POST', body })
  }

  exchange(code: string, changes: Parameters = {}): Promise<Answer> {
    return this.token({ grant_type: 'authorization_code', code, redirect_uri: this.redirectUri, ...changes })
  }

  refresh(refreshToken: string, changes: Parameters = {}): Promise<Answer> {
    return this.token({ grant_type: 'refresh_token', refresh_token: refreshToken, ...changes })
  }

  /** Consents and exchanges. */
  async connect(changes: Parameters = {}, decision: ConsentDecision = {}): Promise<{ accessToken: string; refreshToken: string }> {
    return tokens(await this.exchange(await this.code(changes, decision)))
  }
}

export function tokens({ body }: Answer): { accessToken: string; refreshToken: string } {
  return { accessToken: String(body.access_token), refreshToken: String(body.refresh_token) }
}

export async function ask(url: string | URL | undefined, init?: RequestInit): Promise<Answer> {
  const response = await fetch(String(url), { redirect: 'manual', ...init })
  const text = await response.text()
  const value: unknown = text === '' ? {} : JSON.parse(text)
  const body = Array.isArray(value) ? { list: value } : typeof value === 'object' && value !== null ? { ...value } : {}
  return { status: response.status, headers: response.headers, body }
}

export const bearer = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } })

export const basic = (user: string, password: string, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  headers: { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`, ...headers },
})

export function pkce(): { verifier: string; challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

const defined = (parameters: Parameters): URLSearchParams =>
  new URLSearchParams(Object.entries(parameters).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]])))
