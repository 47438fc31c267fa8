// A tenant that leaves: its keys are destroyed, its rows are gone, and nothing under way brings it back. CR-17, CR-23.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openWorld, type Browser, consent, type World } from './world.ts'

let world: World
let browser: Browser
beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  world = await openWorld()
  browser = world.browser()
})
afterEach(async () => {
  await world.close()
  vi.restoreAllMocks()
})

const plain = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
const other = { ...plain, tenantId: 'org_other' }

/** Every stored row that names the tenant, beside the one that says that it was erased. */
async function rowsOf(tenantId: string): Promise<string[]> {
  const rows = Object.entries(await world.database.rows()).flatMap(([table, all]) => all.map((row) => `${table} ${row}`))
  return rows.filter((row) => row.includes(`"${tenantId}"`) && !row.includes('tenant.erased'))
}

describe('eraseTenant', () => {
  it('removes every row of the tenant and none of another one', async () => {
    await browser.connect('plain')
    const { id } = await browser.connect('livechat')
    await browser.start('livechat')
    await browser.request(`/connections/${id}`, { method: 'DELETE' })
    await world.authpipe.createWebhookEndpoint({ provider: 'help-scout', tenantId: 'org_acme' })
    await world.browser('org_other').connect('plain')
    const before = await rowsOf('org_other')

    const erased = await world.authpipe.eraseTenant('org_acme')

    expect(erased).toMatchObject({ tenantKeys: 1, connections: 2, sessions: 3, webhookEndpoints: 1 })
    expect(await rowsOf('org_acme')).toEqual([])
    expect(await rowsOf('org_other')).toEqual(before)
    const { secret, schedule } = await world.database.rows()
    expect(secret).toHaveLength(2)
    expect(schedule).toHaveLength(1)
    expect((await world.authpipe.getCredential(other)).credential).toMatch(/./)
  })

  it('leaves one event that says so, without a word about anybody', async () => {
    await browser.connect('plain')
    const store = world.database.openStore()
    await store.open()

    await world.authpipe.eraseTenant('org_acme')

    const events = await store.listEvents({ limit: 10 })
    await store.close()
    expect(events.map(({ event }) => event)).toEqual([
      { id: expect.any(String), type: 'tenant.erased', tenantId: 'org_acme', connectionId: '', provider: '', data: {}, occurredAt: world.clock.now },
    ])
  })

  it('finds nothing the second time', async () => {
    await browser.connect('plain')
    await world.authpipe.eraseTenant('org_acme')

    expect(await world.authpipe.eraseTenant('org_acme')).toMatchObject({ tenantKeys: 0, connections: 0, sessions: 0 })
  })

  it('is seen at once by this process, and by another one when it is told', async () => {
    await browser.connect('plain')
    const elsewhere = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    await elsewhere.getCredential(plain)

    await world.authpipe.eraseTenant('org_acme')

    await expect(world.authpipe.getCredential(plain)).rejects.toMatchObject({ code: 'connection_not_found' })
    // The clock of what is remembered stands still, so only being told makes it forget.
    await vi.waitFor(() => expect(elsewhere.getCredential(plain)).rejects.toMatchObject({ code: 'connection_not_found' }))
  })

  it('is not undone by a refresh whose answer comes after it', async () => {
    await browser.connect('plain')
    const hold = world.sandbox.plain.hold('token', 'after')
    const refreshing = world.authpipe.getCredential({ ...plain, forceRefresh: true })
    refreshing.catch(() => undefined)
    await hold.arrived(1)

    await world.authpipe.eraseTenant('org_acme')
    hold.release()

    await expect(refreshing).rejects.toMatchObject({ code: 'connection_not_found' })
    // It may have made a new key to seal with, which opens nothing.
    expect((await rowsOf('org_acme')).filter((row) => !row.startsWith('tenant_key '))).toEqual([])
  })

  it('is not undone by a finish that was redeeming its code', async () => {
    const { sessionId, authorizationUrl } = await browser.start('plain')
    const hold = world.sandbox.plain.hold('token', 'after')
    const finishing = browser.followCallback(await consent(authorizationUrl))
    await hold.arrived(1)

    await world.authpipe.eraseTenant('org_acme')
    hold.release()
    await finishing

    expect((await browser.request(`/sessions/${sessionId}`)).status).toBe(404)
    expect(await browser.connections()).toEqual([])
    expect((await world.database.rows())['secret']).toEqual([])
  })

  it('lets the tenant begin anew with a new key', async () => {
    await browser.connect('plain')
    await world.authpipe.eraseTenant('org_acme')

    await browser.connect('plain')

    expect((await world.authpipe.getCredential(plain)).credential).toMatch(/./)
  })

  // CR-17: rows of a backup without the key, and what a backup with it still allows, as docs/security.md says.
  it('leaves nothing that opens the rows of a backup, unless the backup has the wrapped key too', async () => {
    await browser.connect('plain')
    const store = world.database.openStore()
    await store.open()
    const [key] = await store.listTenantKeys('org_acme')
    const connection = (await store.listConnections({ tenantId: 'org_acme' }))[0]
    const secret = connection && (await store.findSecret('org_acme', connection.id, 'credential'))
    if (!key || !connection || !secret) throw new Error('Nothing is stored.')
    await world.authpipe.eraseTenant('org_acme')

    await store.commit({ tenantId: 'org_acme', connectionId: connection.id, expect: 'absent', connection, secrets: [secret] }, [])
    const restored = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    await expect(restored.getCredential(plain)).rejects.toMatchObject({ code: 'credential_undecryptable' })
    await store.insertTenantKey(key, undefined)
    expect((await restored.getCredential(plain)).credential).toMatch(/./)
    await store.close()
  })

  it.each(['', 5, undefined])('refuses %j for a tenant', async (tenantId) => {
    await expect(world.authpipe.eraseTenant(tenantId as string)).rejects.toMatchObject({ code: 'invalid_request' })
  })
})
