// A provider that nobody here wrote: panva's oidc-provider, with rotation and reuse detection, and pages of its own to sign in and agree on.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Provider, type InteractionResults } from 'oidc-provider'
import { baseUrl } from '../world.ts'
import type { ProviderSetup } from './workerSetup.ts'

export interface OidcProvider {
  /** As an app registers it. */
  readonly setup: ProviderSetup
  /** Life of the access tokens that are issued from now on. */
  accessTokenSeconds: number
  /** How many token requests came. */
  tokenRequests(): number
  /** Refresh tokens that were used, the oldest first. */
  readonly usedRefreshTokens: readonly string[]
  /** How many grants were ended. */
  revokedGrants(): number
  /** Does what a person does: signs in and agrees. @returns where the browser goes with the answer */
  agree(authorizationUrl: string): Promise<string>
  /** Uses a refresh token as whoever stole it does. @returns the error of the answer */
  steal(refreshToken: string): Promise<string | undefined>
  close(): Promise<void>
}

const client = { id: 'authpipe', secret: 'CANARY_oidc_secret' }
const callback = `${baseUrl}/callback/oidc`

export async function startOidcProvider(): Promise<OidcProvider> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The machine gave no port.')
  const issuer = `http://127.0.0.1:${address.port}`
  let tokenRequests = 0
  let revokedGrants = 0
  const usedRefreshTokens: string[] = []

  const oidc: OidcProvider = {
    setup: {
      id: 'oidc',
      clientId: client.id,
      clientSecret: client.secret,
      scopes: ['openid', 'email'],
      endpoints: {
        authorizationEndpoint: `${issuer}/auth`,
        tokenEndpoint: `${issuer}/token`,
        revocationEndpoint: `${issuer}/token/revocation`,
        issuer,
        apiBaseUrl: issuer,
      },
    },
    accessTokenSeconds: 3600,
    tokenRequests: () => tokenRequests,
    usedRefreshTokens,
    revokedGrants: () => revokedGrants,
    agree,
    async steal(refreshToken) {
      const authorization = `Basic ${Buffer.from(`${client.id}:${client.secret}`).toString('base64')}`
      const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken })
      const response = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body })
      return ((await response.json()) as { error?: string }).error
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }

  const provider = new Provider(issuer, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: [callback], grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'] }],
    jwks: { keys: [{ ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    claims: { openid: ['sub'], email: ['email'] },
    pkce: { required: () => true },
    rotateRefreshToken: true,
    issueRefreshToken: () => true,
    ttl: { AccessToken: () => oidc.accessTokenSeconds, RefreshToken: 3600, Grant: 3600, Session: 600, Interaction: 600, IdToken: 600 },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true, allowedPolicy: (_, { clientId }, token) => token.clientId === clientId } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@oidc.example` }) }),
  })
  provider.on('grant.revoked', () => (revokedGrants += 1))
  provider.on('refresh_token.consumed', ({ jti }) => usedRefreshTokens.push(jti))

  const answer = provider.callback()
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (request.url === '/token') tokenRequests += 1
    if (!request.url?.startsWith('/interaction/')) return void answer(request, response)
    if (request.method === 'POST') return void finishInteraction(provider, request, response)
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<form method="post" action="${request.url}"><button>Agree</button></form>`)
  })
  return oidc
}

/** Whoever presses the button is Ines, and agrees to what is asked. */
async function finishInteraction(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  const result: InteractionResults = {}
  if (prompt.name === 'login') result.login = { accountId: 'user-ines' }
  else {
    const grant = (grantId === undefined ? undefined : await provider.Grant.find(grantId)) ?? new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) })
    grant.addOIDCScope(String(params['scope']))
    result.consent = { grantId: await grant.save() }
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true })
}

/** A browser with cookies that follows redirects and presses the buttons that it is shown. */
async function agree(authorizationUrl: string): Promise<string> {
  const cookies = new Map<string, string>()
  let url = new URL(authorizationUrl)
  let method = 'GET'
  for (let steps = 0; steps < 12; steps += 1) {
    const response = await fetch(url, { method, redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } })
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(';', 1)[0]?.split('=') ?? []
      cookies.set(name, value)
    }
    const location = response.headers.get('location')
    if (location?.startsWith(callback)) return location
    const action = location ?? /action="([^"]+)"/.exec(await response.text())?.[1]
    if (action === undefined) throw new Error(`The provider shows neither a form nor a way on: ${response.status}.`)
    method = location === null ? 'POST' : 'GET'
    url = new URL(action, url)
  }
  throw new Error('The provider goes round in circles.')
}
