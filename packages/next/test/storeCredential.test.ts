// Keys that the server itself stores, from an import or a form of its own.
import { sandboxAccounts } from '@authpipe/sandbox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { watchRequests } from './watchRequests.ts'
import { openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
})
afterEach(() => world.close())

const [admin] = sandboxAccounts('freshdesk').filter(({ kind }) => kind === 'admin')
const question = { provider: 'freshdesk', tenantId: 'org_acme', userId: 'user_1' }
const key = { ...question, credentialType: 'api_key', fields: admin?.fields ?? {}, settings: admin?.settings ?? {} } as const

describe('storeCredential', () => {
  it('stores a key that the provider accepts, as a page would', async () => {
    const connection = await world.authpipe.storeCredential(key)

    const credential = await world.authpipe.getCredential(question)
    expect(connection).toMatchObject({ credentialType: 'api_key', userId: 'user_1', account: { id: expect.stringMatching(/^northwind:\d+$/) as unknown }, health: { state: 'healthy' } })
    expect([credential.connectionId, credential.credential]).toEqual([connection.id, admin?.fields.apiKey])
    expect(JSON.stringify(connection)).not.toContain(admin?.fields.apiKey)
  })

  it('stores nothing that the provider refuses', async () => {
    await expect(world.authpipe.storeCredential({ ...key, fields: { apiKey: 'wrong-key-0123456789' } })).rejects.toMatchObject({
      code: 'credential_rejected',
      message: 'Freshdesk rejected this key. Copy it again. Nothing was stored.',
    })
    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toEqual([])
  })

  it('asks nobody where a key is not to be verified, and does not call it healthy', async () => {
    const watch = watchRequests()
    const connection = await world.authpipe.storeCredential({ ...key, verify: false })
    watch.stop()

    expect(watch.requests).toEqual([])
    expect(connection).toMatchObject({ status: 'active', account: { id: `unverified:${admin?.settings.subdomain}`, label: admin?.settings.subdomain }, health: { state: 'unknown' } })
    expect((await world.authpipe.fetch(question, '/tickets')).status).toBe(200)
  })

  it.each([
    [{ tenantId: '' }, 'invalid_request', 'needs the tenantId'],
    [{ userId: undefined }, 'invalid_request', 'needs a userId'],
    [{ userId: '' }, 'invalid_request', 'userId must be a non-empty string'],
    [{ credentialType: 'oauth_token' }, 'invalid_request', 'must be api_key or webhook_secret'],
    [{ fields: { apiKey: 7 } }, 'invalid_request', 'objects of strings'],
    [{ fields: undefined }, 'invalid_request', 'objects of strings'],
    [{ settings: { subdomain: 'https://evil.example#' } }, 'invalid_request', 'is not a plain name'],
    [{ provider: 'plain' }, 'invalid_request', 'takes no API key'],
    [{ provider: 'nope' }, 'unknown_provider', 'No provider with this id'],
    [{ credentialType: 'webhook_secret', fields: { secret: 's' }, overlapMs: -1 }, 'invalid_request', '"overlapMs" must be'],
    [{ credentialType: 'webhook_secret', fields: {} }, 'invalid_request', 'needs 1 to 4096 characters'],
  ])('refuses %j', async (change, code, message) => {
    await expect(world.authpipe.storeCredential({ ...key, ...change } as never)).rejects.toMatchObject({ code, message: expect.stringContaining(message) as unknown })
  })
})
