// The same questions asked of every provider against its stand-in. A new provider joins by its definition, its stand-in and
// one row here.
import { catalog } from '@authpipe/core/providers'
import { sandboxAccounts, type StandInId } from '@authpipe/sandbox'
import type { Connection, CredentialQuery } from '@authpipe/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consent, openWorld, type Browser, type World } from './world.ts'

interface Way {
  readonly name: string
  readonly provider: Exclude<StandInId, 'plain'>
  readonly connect: (browser: Browser) => Promise<Connection>
  /** A call that the connected account may make. */
  readonly call: (connection: Connection) => { readonly path: string; readonly method?: 'POST'; readonly body?: string }
  /** Makes the credential dead at the provider for good. */
  readonly end: (world: World) => void
  /** What a call meets then: an HTTP status of the provider, or our code. */
  readonly ended: number | string
}

const paste =
  (provider: 'freshdesk' | 'freshservice' | 'crisp') =>
  async (browser: Browser): Promise<Connection> => {
    const account = sandboxAccounts(provider).find(({ kind }) => kind === 'admin')
    const answer = await browser.json('POST', '/connections', { provider, settings: account?.settings, fields: account?.fields })
    return (await answer.json()) as Connection
  }

const website = ({ settings }: Connection): { path: string } => ({ path: `/website/${settings.websiteId}` })

const ways: readonly Way[] = [
  {
    name: 'LiveChat by sign-in',
    provider: 'livechat',
    connect: (browser) => browser.connect('livechat'),
    call: () => ({ path: '/agent/action/list_chats', method: 'POST', body: '{}' }),
    end: ({ sandbox }) => {
      sandbox.livechat.expireAccessTokens()
      sandbox.livechat.expireRefreshTokens()
    },
    ended: 'needs_reauth',
  },
  { name: 'Help Scout by sign-in', provider: 'help-scout', connect: (browser) => browser.connect('help-scout'), call: () => ({ path: '/users/me' }), end: ({ sandbox }) => sandbox['help-scout'].revokeGrants(), ended: 'needs_reauth' },
  { name: 'Freshdesk by key', provider: 'freshdesk', connect: paste('freshdesk'), call: () => ({ path: '/tickets' }), end: ({ sandbox }) => sandbox.freshdesk.replaceKeys(), ended: 401 },
  { name: 'Freshservice by key', provider: 'freshservice', connect: paste('freshservice'), call: () => ({ path: '/tickets' }), end: ({ sandbox }) => sandbox.freshservice.replaceKeys(), ended: 401 },
  {
    name: 'Freshservice by sign-in of the organization',
    provider: 'freshservice',
    async connect(browser) {
      const { sessionId, authorizationUrl } = await browser.start('freshservice', { settings: { organization: 'northwind', subdomain: 'northwind' } })
      await browser.followCallback(await consent(authorizationUrl))
      const { connection } = await browser.session(sessionId)
      if (!connection) throw new Error('not connected')
      return connection
    },
    call: () => ({ path: '/tickets' }),
    end: ({ sandbox }) => sandbox.freshservice.revokeGrants(),
    ended: 'needs_reauth',
  },
  { name: 'Crisp by website token', provider: 'crisp', connect: paste('crisp'), call: website, end: ({ sandbox }) => sandbox.crisp.replaceKeys(), ended: 401 },
  { name: 'Crisp by plugin', provider: 'crisp', connect: (browser) => browser.connect('crisp', { kind: 'installation' }), call: website, end: ({ sandbox }) => sandbox.crisp.uninstall(), ended: 404 },
]

it('asks about every provider of the catalog in every way that it can be connected', () => {
  const asked = ways.map(({ provider }) => provider)

  expect([...new Set(asked)].toSorted()).toEqual(catalog.map(({ definition }) => definition.id).toSorted())
  for (const { definition } of catalog) expect(asked.filter((id) => id === definition.id)).toHaveLength(definition.auth.length)
})

describe.each(ways)('$name', ({ provider, connect, call, end, ended }) => {
  let world: World
  let browser: Browser
  beforeEach(async () => {
    world = await openWorld()
    browser = world.browser()
  })
  afterEach(() => world.close())

  const queryOf = ({ id, kind }: Connection): CredentialQuery => ({ provider, tenantId: 'org_acme', userId: 'user_1', connectionId: id, credentialFor: kind })
  const send = (connection: Connection): Promise<Response> => {
    const { path, ...init } = call(connection)
    return world.authpipe.fetch(queryOf(connection), path, init)
  }

  it('connects, and says whose account it is', async () => {
    const connection = await connect(browser)

    expect(connection).toMatchObject({ provider, status: 'active', health: { state: 'healthy' }, missingScopes: [] })
    expect(connection.account.id).not.toBe('')
    expect(connection.account.label).toMatch(/\S/)
    expect(await browser.connections()).toEqual([connection])
  })

  it('calls the API with its credential', async () => {
    const response = await send(await connect(browser))

    expect(response.status).toBe(200)
  })

  it('stays healthy under a check, which only reads', async () => {
    const { id } = await connect(browser)
    const before = world.sandbox.requests.length

    const answer = await browser.request(`/connections/${id}/check`, { method: 'POST' })

    expect(await answer.json()).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(world.sandbox.requests.length).toBe(before + 1)
  })

  it('connected again is the same connection', async () => {
    const first = await connect(browser)
    const second = await connect(browser)

    expect(second.id).toBe(first.id)
    expect(await browser.connections()).toHaveLength(1)
  })

  it('survives a provider that answers nothing but faults', async () => {
    const connection = await connect(browser)
    world.sandbox[provider].fault('api', { kind: 'answer', status: 503, body: '<html>down</html>' }, { times: 3 })

    await browser.request(`/connections/${connection.id}/check`, { method: 'POST' })
    const [during] = await browser.connections()

    expect(during).toMatchObject({ status: 'active', health: { state: 'degraded' } })
  })

  it('reads a rate limit into a typed error', async () => {
    const connection = await connect(browser)
    world.sandbox[provider].set({ rateLimited: true })

    await expect(send(connection)).rejects.toMatchObject({ code: 'provider_rate_limited', retryable: true })
  })

  it('stops being used once it is dead at the provider', async () => {
    const connection = await connect(browser)
    end(world)
    world.clock.now += 3 * 86_400_000

    const outcome = await send(connection).then(({ status }) => status, (error: { code: string }) => error.code)

    expect(outcome).toBe(ended)
  })

  it('disconnected is gone', async () => {
    const connection = await connect(browser)

    await browser.request(`/connections/${connection.id}`, { method: 'DELETE' })

    expect(await browser.connections()).toEqual([])
    await expect(world.authpipe.getCredential(queryOf(connection))).rejects.toMatchObject({ code: 'connection_not_found' })
  })
})
