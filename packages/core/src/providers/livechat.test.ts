// Facts: https://platform.text.com/docs/authorization and /docs/messaging/agent-chat-api, both checked 2026-11-22.
import { describe, expect, it } from 'vitest'
import type { ProviderAnswer, ProviderRequest } from '../provider.ts'
import { InvalidShape } from '../shape.ts'
import { livechat } from './livechat.ts'

const { definition } = livechat
const oauth = definition.auth.find((auth) => auth.kind === 'oauth2')
const scopes = oauth?.scopes ?? []

describe('the LiveChat definition', () => {
  it('puts the ten scopes that people see first, in their order and words', () => {
    expect(scopes.slice(0, 10).map(({ id, description }) => [id, description])).toEqual([
      ['chats--all:ro', 'Read-only access to all chats'],
      ['chats--all:rw', 'Read and write access to all chats'],
      ['chats--access:ro', 'Read-only access to chats the agent has access to'],
      ['chats--access:rw', 'Read and write access to chats the agent has access to'],
      ['customers:ro', 'Read-only access to customer data'],
      ['customers:rw', 'Read and write access to customer data'],
      ['agents--all:ro', 'Read-only access to all agent data'],
      ['agents--all:rw', 'Read and write access to all agent data'],
      ['agents--my:ro', 'Read-only access to own agent data'],
      ['agents--my:rw', 'Read and write access to own agent data'],
    ])
  })

  it('lists each of the 62 documented scopes once', () => {
    expect(new Set(scopes.map(({ id }) => id)).size).toBe(62)
    expect(scopes).toHaveLength(62)
  })

  it('names only scopes of the documented grammar, and roles that exist', () => {
    for (const { id, minimumRole } of scopes) {
      expect(id).toMatch(/^[a-z_.-]+(--(my|access|all|groups))?:(ro|rw|rc|own)$/)
      expect([undefined, 'member', 'normal', 'administrator', 'owner']).toContain(minimumRole)
    }
  })

  it.each([
    ['chats--all:ro', 'administrator'],
    ['chats--access:rw', 'normal'],
    ['customers:ro', 'normal'],
    ['agents--all:ro', 'normal'],
    ['agents--all:rw', 'administrator'],
    ['agents--my:rw', 'normal'],
    ['organization--my:rw', 'owner'],
    ['tags--all:ro', undefined],
  ])('knows that %s needs the role %s', (id, role) => {
    expect(scopes.find((scope) => scope.id === id)?.minimumRole).toBe(role)
  })

  it('asks at the root path and redeems at /v2/token, with the secret in the body and S256', () => {
    expect(oauth).toMatchObject({
      authorizationEndpoint: 'https://accounts.livechat.com/',
      tokenEndpoint: 'https://accounts.livechat.com/v2/token',
      clientAuthentication: 'client_secret_post',
      pkce: 'S256',
      scopeSeparator: ',',
      accessTokenLifetimeSeconds: 28_800,
      refreshTokenRotation: false,
    })
  })

  it('revokes by a DELETE with the token as bearer', () => {
    expect(oauth).toMatchObject({ revocationEndpoint: 'https://accounts.livechat.com/v2/token', revocationStyle: 'delete_bearer' })
  })

  it('checks health by a call that needs no scope and never by the page that echoes tokens', () => {
    expect(definition.healthCheck).toEqual({ path: '/configuration/action/list_channels', method: 'POST', body: {} })
    expect(definition.apiBaseUrl).toBe('https://api.livechatinc.com/v3.6')
  })
})

describe('identity', () => {
  const tokenResponse = { account_id: 'acc-1', organization_id: 'org-1' }
  const identify = async (
    granted: readonly string[],
    answer: ProviderAnswer = { status: 404, body: undefined },
    tokens: Readonly<Record<string, unknown>> = tokenResponse,
  ) => {
    const requests: ProviderRequest[] = []
    const account = await definition.identity({
      tokenResponse: tokens,
      scopes: granted,
      settings: {},
      request: (request) => {
        requests.push(request)
        return Promise.resolve(answer)
      },
    })
    return { account, requests }
  }

  it('is the pair of organization and account, since one person can belong to several', async () => {
    expect((await identify([])).account).toEqual({ id: 'org-1:acc-1' })
    expect((await identify([], undefined, { ...tokenResponse, organization_id: 'org-2' })).account.id).toBe('org-2:acc-1')
  })

  it('is asked about where the token came without its answer, and no more is read than the two ids', async () => {
    const info = { ...tokenResponse, access_token: 'at_CANARY', refresh_token: 'rt_CANARY', scope: 'chats--all:ro', token_type: 'Bearer' }

    const { account, requests } = await identify([], { status: 200, body: info }, {})

    expect(account).toEqual({ id: 'org-1:acc-1' })
    expect(requests).toEqual([{ base: 'accountsBaseUrl', path: '/info' }])
  })

  it('asks nobody for a label that no scope allows', async () => {
    expect((await identify(['chats--all:ro'])).requests).toEqual([])
  })

  it('takes the e-mail address from the account where the scope allows', async () => {
    const { account, requests } = await identify(['accounts--my:ro', 'agents--my:ro'], {
      status: 200,
      body: { email: 'ada@northwind.example', name: 'Ada' },
    })
    expect(account.label).toBe('ada@northwind.example')
    expect(requests).toEqual([{ base: 'accountsBaseUrl', path: '/accounts/me' }])
  })

  it('else from the agent', async () => {
    const { account, requests } = await identify(['agents--all:ro'], { status: 200, body: { id: 'ada@acme.example', name: 'Ada' } })
    expect(account.label).toBe('ada@acme.example')
    expect(requests).toEqual([{ path: '/configuration/action/get_agent', method: 'POST', body: { id: 'acc-1' } }])
  })

  it.each([[{ status: 403, body: { email: 'no' } }], [{ status: 200, body: { email: '' } }]])(
    'goes without a label where the provider gives none: %j',
    async (answer) => {
      expect((await identify(['agents--my:ro'], answer)).account).toEqual({ id: 'org-1:acc-1' })
    },
  )

  // MX-14
  it.each([{}, { account_id: 'acc-1' }, { account_id: null, organization_id: 'org-1' }, { account_id: 0, organization_id: 'org-1' }])(
    'throws where the token answer does not say whose it is: %j',
    async (tokens) => {
      await expect(identify([], undefined, tokens)).rejects.toThrow(InvalidShape)
    },
  )
})

describe('judge', () => {
  const errorOf = (type: unknown): unknown => ({ error: { type, message: 'text' } })

  it.each([
    ['authentication', 'credential_dead'],
    ['authorization', 'insufficient_scope'],
    ['missing_access', 'insufficient_scope'],
    ['requester_suspended', 'account_suspended'],
    ['requester_awaiting_approval', 'access_denied'],
    ['seats_limit_exceeded', 'plan_unsupported'],
    ['license_expired', 'plan_unsupported'],
    ['license_not_found', 'plan_unsupported'],
    ['misdirected_request', 'wrong_region'],
    ['too_many_requests', 'rate_limited'],
    ['internal', 'unavailable'],
  ])('takes %s for %s whatever the status', (type, verdict) => {
    for (const status of [400, 401, 403, 500]) expect(definition.judge?.({ status, body: errorOf(type) })).toBe(verdict)
  })

  it.each([
    [200, 'healthy'],
    [401, 'credential_dead'],
    [403, 'unknown'],
    [404, 'unknown'],
    [429, 'rate_limited'],
    [503, 'unavailable'],
  ])('falls back on the status %i as %s where no known type comes', (status, verdict) => {
    for (const body of [undefined, '<html>', null, {}, { error: 'text' }, errorOf('brand_new'), errorOf('toString'), errorOf(7)]) {
      expect(definition.judge?.({ status, body })).toBe(verdict)
    }
  })
})
