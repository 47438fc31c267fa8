// Every credential that is handed out is counted, and no count is waited for. LK-11, LK-13.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openWorld, type World } from './world.ts'

let world: World
beforeEach(async () => {
  world = await openWorld()
  await world.browser().connect('plain')
})
afterEach(() => world.close())

const plain = { provider: 'plain', tenantId: 'org_acme', userId: 'user_1' }
const tenant = { tenantId: 'org_acme' }

async function countsOf(of: { tenantId: string; connectionId?: string } = tenant): Promise<number[]> {
  return (await world.authpipe.listReads(of)).map(({ reads }) => reads)
}

describe('reads of a credential', () => {
  it('are counted by connection and day, from memory or not', async () => {
    const { connectionId } = await world.authpipe.getCredential(plain)
    for (let read = 0; read < 9; read += 1) await world.authpipe.getCredential(plain)
    await world.authpipe.getCredential({ ...plain, connectionId })
    const today = new Date(world.clock.now).toISOString().slice(0, 10)
    const lastReadAt = world.clock.now

    expect(await world.authpipe.listReads(tenant)).toEqual([{ tenantId: 'org_acme', connectionId, day: today, reads: 11, lastReadAt }])
    world.clock.now += 86_400_000
    await world.authpipe.getCredential(plain)
    expect(await countsOf()).toEqual([1, 11])
    expect(await countsOf({ tenantId: 'org_acme', connectionId: 'another' })).toEqual([])
    expect(await countsOf({ tenantId: 'org_other' })).toEqual([])
  })

  it('of several processes are added up', async () => {
    const elsewhere = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    for (let read = 0; read < 3; read += 1) await Promise.all([world.authpipe.getCredential(plain), elsewhere.getCredential(plain)])

    await elsewhere.close()

    expect(await countsOf()).toEqual([6])
  })

  it('count what authpipe.fetch uses, and neither health checks nor renewals behind a hit', async () => {
    const { connectionId } = await world.authpipe.getCredential(plain)
    await world.authpipe.fetch(plain, '/me')
    await world.authpipe.checkConnection({ tenantId: 'org_acme', connectionId })
    world.clock.now += 4_500
    await world.authpipe.getCredential(plain)

    await vi.waitFor(async () => expect(await countsOf()).toEqual([3]))
  })

  it('are not lost when remembered answers are dropped', async () => {
    for (let read = 0; read < 5; read += 1) await world.authpipe.getCredential(plain)
    await world.authpipe.refreshConnection({ tenantId: 'org_acme', connectionId: (await world.authpipe.getCredential(plain)).connectionId })
    await world.authpipe.getCredential(plain)
    await world.authpipe.getCredential(plain)

    expect(await countsOf()).toEqual([8])
  })

  it('stay known after the connection has ended, and go with an erased tenant', async () => {
    const { connectionId } = await world.authpipe.getCredential(plain)
    await world.authpipe.disconnect({ tenantId: 'org_acme', connectionId })

    expect(await countsOf()).toEqual([1])
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    await world.authpipe.eraseTenant('org_acme')
    stderr.mockRestore()
    expect(await countsOf()).toEqual([])
  })

  it('that another process counted before a tenant was erased do not bring it back', async () => {
    const elsewhere = world.another({ baseUrl: 'http://localhost:3001/api/authpipe' })
    await elsewhere.getCredential(plain)
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true)

    await world.authpipe.eraseTenant('org_acme')
    await elsewhere.close()
    stderr.mockRestore()

    expect(await countsOf()).toEqual([])
  })

  it('are forgotten after 400 days', async () => {
    await world.authpipe.getCredential(plain)
    await world.authpipe.listReads(tenant)
    world.clock.now += 400 * 86_400_000
    await world.authpipe.maintain()
    expect(await countsOf()).toEqual([1])

    world.clock.now += 86_400_000
    await world.authpipe.maintain()

    expect(await countsOf()).toEqual([])
  })
})
