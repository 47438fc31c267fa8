// The same promises at a provider that nobody here wrote: oidc-provider, which rotates and ends a grant on reuse.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openRig, query as plainQuery, tenantId, type Rig } from '../rig/openRig.ts'
import { storeKinds, type StoreKind } from '../rig/RigDatabase.ts'
import { startOidcProvider, type OidcProvider } from '../rig/startOidcProvider.ts'
import type { Worker } from '../rig/Worker.ts'
import { Browser } from '../world.ts'

let provider: OidcProvider
let rig: Rig
afterEach(async () => {
  await rig.close()
  await provider.close()
})

const query = { ...plainQuery, provider: 'oidc' }

/** Opens processes, the first of which connects by the whole flow. */
async function connect(store: StoreKind, processes: number, accessTokenSeconds = 3600): Promise<{ workers: Worker[]; first: Worker; connectionId: string }> {
  provider = await startOidcProvider()
  provider.accessTokenSeconds = accessTokenSeconds
  rig = await openRig(store, { providers: [provider.setup], followsDatabase: true })
  const [first, ...others] = await Promise.all([rig.startWorker(), ...Array.from({ length: processes - 1 }, () => rig.startWorker())])
  await Promise.all(others.map((worker) => worker.call('ready')))
  const connectionId = await signIn(first)
  return { first, workers: [first, ...others], connectionId }
}

async function signIn(worker: Worker): Promise<string> {
  const browser = new Browser(worker, query)
  const { sessionId, authorizationUrl } = await browser.start('oidc')
  const callbackUrl = await provider.agree(authorizationUrl)
  // RFC 9207: the answer says who gives it.
  expect(new URL(callbackUrl).searchParams.get('iss')).toBe(provider.setup.endpoints['issuer'])
  await browser.followCallback(callbackUrl)
  const { connection, error } = await browser.session(sessionId)
  if (!connection) throw new Error(`The sign-in failed: ${error?.code}`)
  expect(connection).toMatchObject({ status: 'active', account: { id: 'user-ines', label: 'user-ines@oidc.example' } })
  return connection.id
}

describe.each(storeKinds)('at oidc-provider, on %s', (store) => {
  // Proof 1, RF-2
  it('two hundred readers over four processes make one refresh, and lose nothing', async () => {
    const { workers, first } = await connect(store, 4, 2)
    const [{ expires_at: expiresAt } = {}] = await rig.database.rows('connection')
    provider.accessTokenSeconds = 3600
    await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(Number(expiresAt)), 10_000)

    const readings = await Promise.all(workers.map((worker) => worker.call('readMany', query, 50)))

    expect(readings.flatMap(({ refusals }) => refusals)).toEqual([])
    expect(new Set(readings.flatMap(({ credentials }) => credentials)).size).toBe(1)
    expect([provider.tokenRequests(), provider.revokedGrants()]).toEqual([2, 0])
    expect(await first.call('fetch', query, '/me')).toBe(200)
  })

  it('a chain of refreshes, each in another process, keeps the grant', async () => {
    const { workers, connectionId } = await connect(store, 2)

    for (let round = 0; round < 3; round += 1) for (const worker of workers) await worker.call('refreshConnection', { tenantId, connectionId })

    expect([provider.tokenRequests(), provider.usedRefreshTokens.length, provider.revokedGrants()]).toEqual([7, 6, 0])
    for (const worker of workers) expect(await worker.call('fetch', query, '/me')).toBe(200)
  })

  it('a disconnect ends the tokens there too', async () => {
    const { first, connectionId } = await connect(store, 1)
    const { credential } = await first.call('getCredential', query)

    await first.call('disconnect', { tenantId, connectionId })

    await vi.waitFor(async () => {
      const { status } = await fetch(`${provider.setup.endpoints['apiBaseUrl']}/me`, { headers: { authorization: `Bearer ${credential}` } })
      expect(status).toBe(401)
    }, 5_000)
  })

  it('a stolen token that comes back ends the grant: the user is asked to connect again, and can', async () => {
    const { first, connectionId } = await connect(store, 1)
    await first.call('refreshConnection', { tenantId, connectionId })
    const [stolen = ''] = provider.usedRefreshTokens
    expect(await provider.steal(stolen)).toBe('invalid_grant')

    const refreshing = first.call('refreshConnection', { tenantId, connectionId })

    await expect(refreshing).rejects.toMatchObject({ code: 'needs_reauth', details: { reason: 'grant_revoked' } })
    expect(provider.revokedGrants()).toBe(1)
    expect(await signIn(first)).toBe(connectionId)
    expect(await first.call('fetch', query, '/me')).toBe(200)
  })
})
