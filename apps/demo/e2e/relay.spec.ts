// A preview whose provider returns through another deployment, on another site.
import { expect, test as base } from './host/hostTest.ts'
import { startHost } from './host/startHost.ts'
import { startRelay, type Relay } from './host/startRelay.ts'

const test = base.extend<{ readonly relay: Relay }>({
  relay: async ({ sandbox }, run) => {
    const relay = await startRelay(sandbox.url)
    // Nothing else is registered.
    sandbox.plain.set({ redirectUris: [`${relay.baseUrl}/callback/plain`] })
    await run(relay)
    await relay.stop()
  },
  host: async ({ sandbox, relay }, run) => {
    const host = await startHost(sandbox.url, relay.options)
    relay.relayTo(host.url)
    await run(host)
    await host.stop()
  },
})

for (const responseMode of ['query', 'form_post'] as const) {
  for (const coop of [null, 'same-origin'] as const) {
    test(`connects in a window by way of the relay, when the answer comes as ${responseMode} from a page with ${coop ?? 'no'} COOP`, async ({ driver, sandbox, host }) => {
      sandbox.plain.set({ responseMode, coop })
      host.cookie = 'session=ada'
      await driver.page.context().addCookies([{ name: 'session', value: 'ada', url: host.url, sameSite: 'Strict' }])
      await driver.open()
      const consent = await driver.openConsent()
      const closed = consent.waitForEvent('close')
      await consent.getByRole('button', { name: 'Allow' }).click()
      await closed

      await expect(driver.button()).toHaveAccessibleName('Plain Connected')
      expect(host.asked).toContainEqual({ what: `${responseMode === 'query' ? 'GET' : 'POST'} /callback/plain`, isSignedIn: false })
      expect(host.asked).toContainEqual({ what: 'POST /sessions/finish', isSignedIn: true })
      expect(sandbox.plain.tokenRequests()).toBe(1)
    })
  }
}
