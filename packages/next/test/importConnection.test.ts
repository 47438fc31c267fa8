// Connections that were made elsewhere and are taken over with their tokens or keys.
import type { ConnectionToImport } from '@authpipe/core/server'
import { sandboxAccounts, sandboxClient, sandboxEndpoints } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { App } from '../../sandbox/test/App.ts'
import type { ImportedConnection } from '../src/createAuthpipe.ts'
import { findSecrets } from './findSecrets.ts'
import { textbookProvider } from './textbookProvider.ts'
import { watchRequests } from './watchRequests.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  world.sandbox['help-scout'].set({ rotation: 'strict' })
})
afterEach(() => world.close())

const owner = { tenantId: 'org_acme', userId: 'user_1' }
type Provider = 'livechat' | 'help-scout' | 'plain'
type Tokens = Pick<ConnectionToImport, 'accessToken' | 'refreshToken'>

/** A grant that somebody gave our app at a time when it kept its tokens elsewhere. */
const grantElsewhere = (provider: Provider, accountId?: string): Promise<Tokens> =>
  new App(world.sandbox, provider).connect(provider === 'livechat' ? { scope: 'chats--all:ro,agents--my:ro' } : {}, accountId === undefined ? {} : { accountId })

const rowOf = (provider: string, more: Partial<ConnectionToImport>): ConnectionToImport => ({ ...owner, provider, sourceId: 'row_1', ...more })
const importRow = (row: ConnectionToImport): Promise<ImportedConnection> => world.authpipe.importConnection(row)
const soon = (): string => new Date(world.clock.now + 1_800_000).toISOString()

/** What became of the grants of Help Scout, where a token that is used twice ends its grant. */
const ledger = (): string[] => world.sandbox['help-scout'].rotationLedger().map(({ event }) => event)

/** Runs something. @returns its answer, and how many requests it sent */
async function counting<T>(work: () => Promise<T>): Promise<[T, requests: number]> {
  const watch = watchRequests()
  try {
    return [await work(), watch.requests.length]
  } finally {
    watch.stop()
  }
}

describe('a grant', () => {
  it.each([
    ['livechat', /^8a4f6c2e-.*:1f0c5a7e-/, 'ada@northwind.example'],
    ['help-scout', /^42001:301$/, 'ada@northwind.example'],
    ['plain', /./, undefined],
  ] as const)('of %s becomes a connection of the account that the provider names', async (provider, id, label) => {
    const { outcome, connection } = await importRow(rowOf(provider, await grantElsewhere(provider)))

    const credential = await world.authpipe.getCredential({ ...owner, provider })
    expect(outcome).toBe('imported')
    expect(connection).toMatchObject({ ...owner, provider, status: 'active', isDefault: true, health: { state: 'healthy' } })
    expect(connection?.account.id).toMatch(id)
    if (label !== undefined) expect(connection?.account.label).toBe(label)
    expect(credential.connectionId).toBe(connection?.id)
  })

  it('of an app that the tenant brings itself becomes one too', async () => {
    const settings = { subdomain: 'northwind', organization: 'northwind' }
    await world.browser('org_acme', 'somebody').connect('freshservice', { settings })
    const { accessTokens, refreshTokens } = world.sandbox.freshservice.issuedSecrets()

    const { outcome, connection } = await importRow(rowOf('freshservice', { accessToken: accessTokens.at(-1) ?? '', refreshToken: refreshTokens.at(-1) ?? '', settings }))

    expect([outcome, connection?.settings]).toEqual(['imported', settings])
    expect(connection?.account.id).toMatch(/^northwind:/)
  })

  it('whose token has time left is not refreshed', async () => {
    const tokens = await grantElsewhere('help-scout')

    await importRow(rowOf('help-scout', { ...tokens, expiresAt: soon() }))

    expect(ledger()).toEqual(['granted'])
    expect((await world.authpipe.getCredential({ ...owner, provider: 'help-scout' })).credential).toBe(tokens.accessToken)
  })

  it.each([
    ['ended', '2026-01-01T00:00:00Z'],
    ['may have ended', undefined],
  ])('whose token %s is refreshed once', async (_, expiresAt) => {
    const tokens = await grantElsewhere('help-scout')

    const { outcome } = await importRow(rowOf('help-scout', { ...tokens, ...(expiresAt && { expiresAt }) }))

    expect([outcome, ...ledger()]).toEqual(['imported', 'granted', 'refreshed'])
    expect((await world.authpipe.getCredential({ ...owner, provider: 'help-scout' })).credential).not.toBe(tokens.accessToken)
  })

  it('whose token ended before its time is refreshed once', async () => {
    const tokens = await grantElsewhere('help-scout')
    world.sandbox['help-scout'].expireAccessTokens()

    const { outcome } = await importRow(rowOf('help-scout', { ...tokens, expiresAt: soon() }))

    expect([outcome, ...ledger()]).toEqual(['imported', 'granted', 'refreshed'])
  })

  it('with a refresh token alone is refreshed once', async () => {
    const { refreshToken = '' } = await grantElsewhere('help-scout')

    const { outcome } = await importRow(rowOf('help-scout', { refreshToken, expiresAt: soon() }))

    expect([outcome, ...ledger()]).toEqual(['imported', 'granted', 'refreshed'])
  })

  it('without a refresh token is used as long as it may live', async () => {
    const { accessToken = '' } = await grantElsewhere('help-scout')

    const { outcome, connection } = await importRow(rowOf('help-scout', { accessToken }))

    expect([outcome, connection?.expiresAt]).toEqual(['imported', new Date(world.clock.now + 172_800_000).toISOString()])
  })

  it('has the scopes that the export names, and misses the others', async () => {
    const { connection } = await importRow(rowOf('livechat', { ...(await grantElsewhere('livechat')), expiresAt: soon(), scopes: ['chats--all:ro'] }))

    expect(connection).toMatchObject({ scopes: ['chats--all:ro'], missingScopes: ['agents--my:ro'] })
  })
})

describe('a second import', () => {
  it('of what is connected asks nobody and writes nothing', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    const first = await importRow(row)
    const before = await world.database.rows()

    const [second, requests] = await counting(() => importRow(row))

    expect([second, requests]).toEqual([{ outcome: 'unchanged', connection: first.connection }, 0])
    expect(await world.database.rows()).toEqual(before)
  })

  it('does not bring back what its owner has disconnected since', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    const { connection } = await importRow(row)
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: connection?.id ?? '' })

    const [second, requests] = await counting(() => importRow(row))

    expect([second.outcome, second.connection?.status, requests]).toEqual(['unchanged', 'revoked', 0])
  })

  it('is of another connection where another owner has it', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    const other = { ...row, ...(await grantElsewhere('help-scout', '302')), userId: 'user_2' }

    const [first, second] = [await importRow(row), await importRow(other)]

    expect([first.outcome, second.outcome]).toEqual(['imported', 'imported'])
    expect(first.connection?.id).not.toBe(second.connection?.id)
  })

  it('at the same time, by another process, uses no token twice', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))

    const both = await Promise.all([importRow(row), world.another({ database: world.database.openStore() }).importConnection(row)])

    expect(both.map(({ outcome }) => outcome)).toEqual(['imported', 'imported'])
    expect([both[0].connection?.id, ...ledger()]).toEqual([both[1].connection?.id, 'granted', 'refreshed'])
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toHaveLength(1)
  })
})

describe('an import that was overtaken', () => {
  it('leaves the newer token as it is', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    const store = world.database.openStore()
    const { commit } = store
    const { promise: isOvertaken, resolve: overtake } = Promise.withResolvers<void>()
    const { promise: isAboutToStore, resolve: aboutToStore } = Promise.withResolvers<void>()
    store.commit = async (...change) => {
      aboutToStore()
      await isOvertaken
      return commit.apply(store, change)
    }
    const late = world.another({ database: store }).importConnection(row)
    await isAboutToStore
    await importRow(row)
    overtake()

    expect(await late).toMatchObject({ outcome: 'imported', connection: { account: { id: '42001:301' } } })
    expect(ledger()).toEqual(['granted', 'refreshed'])
    expect((await world.authpipe.fetch({ ...owner, provider: 'help-scout' }, '/users/me')).status).toBe(200)
  })
})

describe('a grant whose account the provider does not name', () => {
  it('is usable, keeps the token that it was given, and goes on with the next import', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    world.sandbox['help-scout'].fault('api', { kind: 'answer', status: 503 })
    const first = await importRow(row)
    const credential = await world.authpipe.getCredential({ ...owner, provider: 'help-scout' })

    const second = await importRow(row)

    expect(first).toMatchObject({ outcome: 'unverified', reason: 'provider_response_invalid', connection: { status: 'active', account: { id: expect.stringMatching(/^unverified:/) as unknown, label: 'Help Scout' } } })
    expect(second).toMatchObject({ outcome: 'imported', connection: { id: credential.connectionId, account: { id: '42001:301' } } })
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })

  it('waits where no token can be had, and goes on once the provider is back', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    world.sandbox['help-scout'].fault('token', { kind: 'answer', status: 503 })
    const first = await importRow(row)
    world.clock.now += 3_600_000

    const second = await importRow(row)

    expect([first.outcome, first.reason, second.outcome]).toEqual(['unverified', 'provider_unreachable', 'imported'])
    expect(ledger()).toEqual(['granted', 'refreshed'])
  })

  it('hears of no webhook of the account that an export may name', async () => {
    world.sandbox['help-scout'].fault('api', { kind: 'answer', status: 503 })

    await importRow({ ...rowOf('help-scout', await grantElsewhere('help-scout')), sourceId: '42001:301' })

    const store = world.database.openStore()
    await store.open()
    expect(await store.listConnectionsOfAccount('help-scout', '42001:301')).toEqual([])
    await store.close()
  })

  it('is not revoked while it may be the account of somebody else', async () => {
    await world.browser('org_other', 'user_9').connect('livechat')
    const accessToken = (await grantElsewhere('livechat')).accessToken ?? ''
    world.sandbox.livechat.fault('accounts', { kind: 'answer', status: 503 })
    const { connection } = await importRow(rowOf('livechat', { accessToken }))
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: connection?.id ?? '' })
    await world.authpipe.maintain()

    expect(connection?.account.id).toMatch(/^unverified:/)
    expect(world.sandbox.livechat.revokeRequests()).toBe(0)
  })

  it('is revoked where nobody else has a connection', async () => {
    const accessToken = (await grantElsewhere('livechat')).accessToken ?? ''
    world.sandbox.livechat.fault('accounts', { kind: 'answer', status: 503 })
    const { connection } = await importRow(rowOf('livechat', { accessToken }))
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: connection?.id ?? '' })
    await world.authpipe.maintain()

    await vi.waitFor(() => expect(world.sandbox.livechat.revokeRequests()).toBe(1))
  })
})

describe('a grant that is dead', () => {
  it('is stored as one that its user has to connect again', async () => {
    const tokens = await grantElsewhere('help-scout')
    world.sandbox['help-scout'].revokeGrants()

    const { outcome, connection } = await importRow(rowOf('help-scout', tokens))

    expect([outcome, connection?.status, connection?.statusReason]).toEqual(['needs_reauth', 'needs_reauth', 'grant_revoked'])
    await vi.waitFor(() => expect(world.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['connection.created', 'connection.needs_reauth'])))
  })

  it('is found out by its access token too, where that should have time left', async () => {
    const tokens = await grantElsewhere('help-scout')
    world.sandbox['help-scout'].revokeGrants()

    expect((await importRow(rowOf('help-scout', { ...tokens, expiresAt: soon() }))).outcome).toBe('needs_reauth')
  })

  it('is not asked about again', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    world.sandbox['help-scout'].revokeGrants()
    await importRow(row)

    const [second, requests] = await counting(() => importRow(row))

    expect([second.outcome, requests]).toEqual(['unchanged', 0])
  })
})

describe('an account that its owner has connected already', () => {
  it('stays as it is, nothing is revoked, and a second import asks nobody', async () => {
    const before = await world.browser().connect('livechat')
    const row = rowOf('livechat', await grantElsewhere('livechat'))

    const first = await importRow(row)
    const [second, requests] = await counting(() => importRow(row))
    await world.authpipe.maintain()

    expect([first.outcome, first.connection?.id]).toEqual(['already_connected', before.id])
    expect([second.outcome, second.connection?.status, requests]).toEqual(['unchanged', 'revoked', 0])
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toMatchObject([{ id: before.id, isDefault: true, connectedAt: before.connectedAt }])
    expect(world.sandbox.livechat.revokeRequests()).toBe(0)
  })

  it('keeps a grant that the export has twice', async () => {
    const provider = textbookProvider('plain', [{ id: 'profile', description: 'profile' }], { revocationEnds: 'grant' })
    const authpipe = world.another({ providers: [provider({ ...sandboxClient('plain'), scopes: ['profile'], endpoints: sandboxEndpoints('plain', world.sandbox.url) })] })
    const row = rowOf('plain', { ...(await grantElsewhere('plain')), expiresAt: soon() })

    const both = [await authpipe.importConnection(row), await authpipe.importConnection({ ...row, sourceId: 'row_2' })]
    await authpipe.maintain()

    expect(both.map(({ outcome }) => outcome)).toEqual(['imported', 'already_connected'])
    expect(world.sandbox.plain.revokeRequests()).toBe(0)
  })

  it('stays disconnected where its owner has disconnected it', async () => {
    const before = await world.browser().connect('livechat')
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId: before.id })

    const { outcome } = await importRow(rowOf('livechat', await grantElsewhere('livechat')))

    expect(outcome).toBe('disconnected_before')
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
  })

  it('is no matter where somebody else has', async () => {
    await world.browser('org_acme', 'user_2').connect('livechat')

    expect((await importRow(rowOf('livechat', await grantElsewhere('livechat')))).outcome).toBe('imported')
  })
})

describe('a connection whose account nobody knows, when its user connects it again,', () => {
  const stranded = async (): Promise<string> => {
    world.sandbox['help-scout'].fault('api', { kind: 'answer', status: 503 })
    const { outcome, connection } = await importRow(rowOf('help-scout', await grantElsewhere('help-scout')))
    expect(outcome).toBe('unverified')
    return connection?.id ?? ''
  }

  it('is of whichever account they sign in to', async () => {
    const connectionId = await stranded()

    const connection = await world.browser().connect('help-scout', { connectionId, accountId: '302' })

    expect(connection).toMatchObject({ id: connectionId, status: 'active', account: { id: '42001:302' } })
    expect(await importRow(rowOf('help-scout', { refreshToken: 'whatever' }))).toMatchObject({ outcome: 'unchanged', connection: { account: { id: '42001:302' } } })
  })

  it('gives way to the connection that the account has', async () => {
    const known = await world.browser().connect('help-scout', { accountId: '302' })
    const connectionId = await stranded()

    const connection = await world.browser().connect('help-scout', { connectionId, accountId: '302' })

    expect(connection.id).toBe(known.id)
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toMatchObject([{ id: known.id, status: 'active' }])
  })

  it('is of whoever the key is of, where it was stored unseen', async () => {
    const [admin] = sandboxAccounts('freshdesk')
    const { fields = {}, settings = {} } = admin ?? {}
    const unseen = await world.authpipe.storeCredential({ ...owner, provider: 'freshdesk', credentialType: 'api_key', fields, settings, verify: false })

    const answer = await world.browser().json('POST', '/connections', { provider: 'freshdesk', fields, connectionId: unseen.id })

    expect([answer.status, await answer.json()]).toEqual([201, expect.objectContaining({ id: unseen.id, account: expect.objectContaining({ id: expect.stringMatching(/^northwind:\d+$/) as unknown }) as unknown })])
  })

  it("is no way to somebody else's, or to another provider's", async () => {
    const connectionId = await stranded()

    const starts = await Promise.all([
      world.browser('org_acme', 'user_2').json('POST', '/sessions', { provider: 'help-scout', sessionId: crypto.randomUUID(), connectionId }),
      world.browser().json('POST', '/sessions', { provider: 'livechat', sessionId: crypto.randomUUID(), connectionId }),
      world.browser().json('POST', '/connections', { provider: 'freshdesk', fields: {}, connectionId }),
    ])

    expect(starts.map(({ status }) => status)).toEqual([404, 404, 404])
  })
})

describe('a key', () => {
  const [admin] = sandboxAccounts('freshdesk').filter(({ kind }) => kind === 'admin')
  const row = rowOf('freshdesk', { fields: admin?.fields ?? {}, settings: admin?.settings ?? {} })

  it('that the provider accepts becomes a connection, and a second import asks nobody', async () => {
    const first = await importRow(row)
    const [second, requests] = await counting(() => importRow(row))

    expect(first).toMatchObject({ outcome: 'imported', connection: { credentialType: 'api_key', account: { id: expect.stringMatching(/^northwind:\d+$/) as unknown } } })
    expect([second.outcome, requests]).toEqual(['unchanged', 0])
    expect((await world.authpipe.getCredential({ ...owner, provider: 'freshdesk' })).credential).toBe(admin?.fields.apiKey)
  })

  it('that the provider refuses is not stored', async () => {
    await expect(importRow({ ...row, fields: { apiKey: 'wrong-key-0123456789' } })).rejects.toMatchObject({ code: 'credential_rejected', message: 'Freshdesk rejected this key. Copy it again. Nothing was stored.' })
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
  })

  it('of an account that is connected already leaves it as it is', async () => {
    const before = await world.authpipe.storeCredential({ ...owner, provider: 'freshdesk', credentialType: 'api_key', fields: row.fields ?? {}, settings: row.settings ?? {} })

    expect(await importRow(row)).toMatchObject({ outcome: 'already_connected', connection: { id: before.id } })
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toHaveLength(1)
  })
})

describe('a dry run', () => {
  it('writes nothing and asks nobody', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    await world.authpipe.ready()
    const before = await world.database.rows()

    const [answer, requests] = await counting(() => world.authpipe.importConnection(row, { dryRun: true }))

    expect([answer, requests]).toEqual([{ outcome: 'ready' }, 0])
    expect(await world.database.rows()).toEqual(before)
  })

  it('tells what was imported before', async () => {
    const row = rowOf('help-scout', await grantElsewhere('help-scout'))
    const { connection } = await importRow(row)

    expect(await world.authpipe.importConnection(row, { dryRun: true })).toEqual({ outcome: 'unchanged', connection })
  })
})

describe('importConnection', () => {
  const row = rowOf('help-scout', { accessToken: 'at_CANARY', refreshToken: 'rt_CANARY' })

  it.each([
    [{ refresh_token: 'rt_CANARY' }, 'invalid_request', 'connection is not an object of nothing but provider, tenantId'],
    [{ accessToken: undefined, refreshToken: undefined }, 'invalid_request', 'connection is not a connection with either tokens (accessToken, refreshToken) or a key (fields).'],
    [{ fields: { apiKey: 'k' } }, 'invalid_request', 'either tokens'],
    [{ accessToken: 'at_CANARY\n' }, 'invalid_request', 'connection.accessToken is not a token that a request header can carry.'],
    [{ refreshToken: '' }, 'invalid_request', 'connection.refreshToken is not a token that a request header can carry.'],
    [{ refreshToken: 7 }, 'invalid_request', 'connection.refreshToken is not a string.'],
    [{ expiresAt: 1_764_374_400_000 }, 'invalid_request', 'connection.expiresAt is not a string.'],
    [{ expiresAt: '2026-11-29 12:00' }, 'invalid_request', 'connection.expiresAt is not an ISO 8601 instant with its zone'],
    [{ expiresAt: '2026-13-29T12:00:00Z' }, 'invalid_request', 'connection.expiresAt is not an ISO 8601 instant with its zone'],
    [{ scopes: 'a b' }, 'invalid_request', 'connection.scopes is not a list.'],
    [{ tenantId: '' }, 'invalid_request', 'The tenantId must have 1 to 256 characters'],
    [{ sourceId: '' }, 'invalid_request', 'The sourceId must have 1 to 256 characters'],
    [{ userId: undefined }, 'invalid_request', 'Connections of help-scout belong to users'],
    [{ provider: 'nope' }, 'unknown_provider', 'No provider with this id is registered.'],
    [{ provider: 'freshdesk', settings: { subdomain: 'northwind' } }, 'invalid_request', 'Freshdesk is not connected by OAuth.'],
    [{ provider: 'freshdesk', accessToken: undefined, refreshToken: undefined, fields: { apiKey: 'k' } }, 'invalid_request', 'is not a plain name'],
    [{ provider: 'freshservice', tenantId: 'org_other', settings: { subdomain: 'a', organization: 'a' } }, 'provider_misconfigured', 'this tenant has none of its own yet'],
  ])('refuses %j, quotes no secret and stores nothing', async (change, code, message) => {
    const failure = await importRow({ ...row, ...change } as never).catch((error: unknown) => error)

    expect(failure).toMatchObject({ code, message: expect.stringContaining(message) as unknown })
    expect(String(failure)).not.toContain('CANARY')
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
  })

  it('leaves tokens in clear nowhere but in the vault', async () => {
    const written: string[] = []
    const spy = vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
    const tokens = await grantElsewhere('help-scout')
    world.sandbox['help-scout'].fault('token', { kind: 'answer', status: 503 })

    const answers = [await importRow(rowOf('help-scout', tokens)), await importRow(rowOf('livechat', { ...(await grantElsewhere('livechat')), expiresAt: soon() }))]
    spy.mockRestore()

    const secrets = [world.sandbox['help-scout'], world.sandbox.livechat].flatMap((standIn) => {
      const { accessTokens, refreshTokens } = standIn.issuedSecrets()
      return [...accessTokens, ...refreshTokens]
    })
    const places: [string, string | Uint8Array][] = [['answers', JSON.stringify(answers)], ['output', written.join('')], ['events', JSON.stringify(world.events)], ...(await world.database.bytes())]
    expect(places.flatMap(([place, bytes]) => findSecrets(secrets, bytes).map(() => place))).toEqual([])
  })
})
