// Rows HC of the attack catalogue that a check on demand meets: blame rightly, delete nothing.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorld, type Browser, type World } from './world.ts'

let world: World
let browser: Browser
let id: string
beforeEach(async () => {
  world = await openWorld()
  browser = world.browser()
  id = (await browser.connect('livechat')).id
})
afterEach(() => world.close())

const question = { provider: 'livechat', tenantId: 'org_acme', userId: 'user_1' }

async function check(): Promise<Record<string, unknown>> {
  world.clock.now += 60_000
  return (await (await browser.request(`/connections/${id}/check`, { method: 'POST' })).json()) as Record<string, unknown>
}

describe('a health check', () => {
  it('of a connection that works says so and when', async () => {
    expect(await check()).toMatchObject({ status: 'active', health: { state: 'healthy', checkedAt: new Date(world.clock.now).toISOString() } })
  })

  // HC-2
  it('that meets a dead access token refreshes it and stays healthy', async () => {
    world.sandbox.livechat.expireAccessTokens()

    expect(await check()).toMatchObject({ status: 'active', health: { state: 'healthy' } })
    expect(world.sandbox.livechat.tokenRequests()).toBe(2)
  })

  // HC-1
  it('that finds the grant dead asks the user', async () => {
    world.sandbox.livechat.expireAccessTokens()
    world.sandbox.livechat.expireRefreshTokens()

    await check()

    expect((await browser.connections())[0]).toMatchObject({ status: 'needs_reauth', statusReason: 'grant_revoked' })
  })

  // HC-3, HC-5, HC-6
  it.each([
    ['500', { status: 500, body: '{}' }, 'degraded'],
    ['503 with a page', { status: 503, body: '<html></html>' }, 'degraded'],
    ['429', { status: 429, body: '{"error":{"type":"too_many_requests","message":"."}}' }, 'degraded'],
    ['404, as if the check itself were wrong', { status: 404, body: '{}' }, 'healthy'],
  ])('answered by %s blames nobody and deletes nothing', async (_, answer, state) => {
    world.sandbox.livechat.fault('api', { kind: 'answer', ...answer }, { times: Infinity })

    const connection = await check()

    expect(connection).toMatchObject({ status: 'active', health: { state } })
    expect((await world.authpipe.getCredential(question)).connectionId).toBe(id)
  })

  it('that is not answered in the time it has blames nobody', async () => {
    browser.moveTo(world.another({ health: { timeoutMs: 50 } }))
    const hold = world.sandbox.livechat.hold('api')

    const connection = await check()
    hold.release()

    expect(connection).toMatchObject({ status: 'active', health: { state: 'degraded' } })
  })

  // HC-7
  it('that finds the account suspended fails the connection with its reason, until a later one finds it mended', async () => {
    const [person] = world.sandbox.livechat.people
    world.sandbox.livechat.set({ suspended: [person?.accountId ?? ''] })
    const failed = await check()
    const refusal = await world.authpipe.getCredential(question).catch((error: unknown) => error)
    world.sandbox.livechat.set({ suspended: [] })

    const mended = await check()

    expect(failed).toMatchObject({ status: 'failed', statusReason: 'account_suspended' })
    expect(refusal).toMatchObject({ code: 'credential_rejected', details: { reason: 'account_suspended' } })
    expect(mended).toMatchObject({ status: 'active' })
    expect(mended).not.toHaveProperty('statusReason')
  })

  it('that finds the licence lapsed fails the connection with its reason', async () => {
    world.sandbox.livechat.set({ licenseExpired: true })

    expect(await check()).toMatchObject({ status: 'failed', statusReason: 'plan_unsupported' })
  })

  it('of an API call that is refused the same way tells the same', async () => {
    world.sandbox.livechat.set({ licenseExpired: true })

    await world.authpipe.fetch(question, '/agent/action/list_chats', { method: 'POST', body: '{}' })
    await world.authpipe.close()

    expect(await world.authpipe.listConnections({ tenantId: 'org_acme' })).toMatchObject([{ status: 'failed', statusReason: 'plan_unsupported' }])
  })

  // HC-11
  it('only reads', async () => {
    await check()

    expect(world.sandbox.requests.at(-1)?.path).toBe('/livechat-api/v3.6/configuration/action/list_channels')
  })
})
