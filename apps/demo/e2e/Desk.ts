import type { Locator, Page } from '@playwright/test'

/** The demo as a person uses it. */
export class Desk {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Signs in and shows the integrations. */
  async signIn(name = 'Ada Okafor'): Promise<void> {
    await this.page.goto('/sign-in')
    await this.page.getByRole('button', { name }).click()
    await this.page.getByRole('heading', { name: 'Integrations' }).waitFor()
  }

  /** The row of an integration. */
  row(name = 'LiveChat'): Locator {
    return this.page.getByRole('list', { name: 'Integrations' }).getByRole('listitem').filter({ has: this.page.getByRole('heading', { name }) })
  }

  connectButton(name = 'LiveChat'): Locator {
    return this.row(name).getByRole('button', { name: `Connect ${name}` })
  }

  /** Clicks what opens a window, and gives that window with the consent page in it. */
  async openConsent(button = this.connectButton()): Promise<Page> {
    // Not `popup`: a tab that a form opens knows no opener.
    const opened = this.page.context().waitForEvent('page')
    await button.click()
    const consent = await opened
    await consent.getByRole('button', { name: 'Allow' }).waitFor()
    return consent
  }

  /** Connects LiveChat from the first click to the last. */
  async connect(as = 'Ada Larsen'): Promise<void> {
    const consent = await this.openConsent()
    await consent.getByRole('radio', { name: as }).check()
    await consent.getByRole('button', { name: 'Allow' }).click()
    await this.row().and(this.page.locator('[data-status=active]')).waitFor()
  }

  /** Mends the LiveChat connection, led there by the conversations page. */
  async reconnect(): Promise<void> {
    await this.page.getByRole('link', { name: 'Conversations' }).click()
    await this.page.getByRole('heading', { name: 'LiveChat needs you to sign in again' }).waitFor()
    await this.page.getByRole('link', { name: 'Reconnect LiveChat' }).click()
    const consent = await this.openConsent(this.row().getByRole('button', { name: 'Reconnect LiveChat' }))
    await consent.getByRole('button', { name: 'Allow' }).click()
    await this.row().and(this.page.locator('[data-status=active]')).waitFor()
  }

  /** Reads the connections as the page's own requests do. */
  async connections(): Promise<readonly unknown[]> {
    const response = await this.page.request.get('/api/authpipe/connections')
    const body: unknown = await response.json()
    if (typeof body !== 'object' || body === null || !('connections' in body) || !Array.isArray(body.connections)) throw new Error('The answer lists no connections.')
    return body.connections
  }
}
