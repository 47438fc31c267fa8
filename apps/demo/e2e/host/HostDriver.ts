import type { Locator, Page } from '@playwright/test'
import { expect } from '@playwright/test'

/** The host page as a person uses it. */
export class HostDriver {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  /** Opens the page; `asked` is what its address says of how it is to be. */
  async open(asked = ''): Promise<this> {
    await this.page.goto(`/?${asked}`)
    await this.page.getByRole('heading', { name: 'Northwind' }).waitFor()
    return this
  }

  /** Lets the window keep the focus that it has in the hands of a user. Playwright tells every page that it is the one in front. */
  async leaveFocusToWindow(): Promise<void> {
    await this.page.evaluate(() => {
      document.hasFocus = () => false
    })
  }

  section(name = 'first'): Locator {
    return this.page.getByRole('region', { name })
  }

  /** The connect button, whatever it reads. */
  button(name = 'first'): Locator {
    return this.section(name).getByRole('button').first()
  }

  /** A button below it. */
  action(label: string, name = 'first'): Locator {
    return this.section(name).getByRole('button', { name: label, exact: true })
  }

  /** Clicks what opens a window, and gives that window with whatever is in it. */
  async openWindow(button = this.button()): Promise<Page> {
    await expect(button).not.toHaveAttribute('aria-busy', 'true')
    // Not `popup`: a tab that a form opens knows no opener.
    const opened = this.page.context().waitForEvent('page')
    await button.click()
    return opened
  }

  /** The same, with the consent page in it. */
  async openConsent(button = this.button()): Promise<Page> {
    const consent = await this.openWindow(button)
    await consent.getByRole('button', { name: 'Allow' }).waitFor()
    return consent
  }

  /** What the page was told so far, in order; without events unless they are asked for. */
  async heard({ events = false } = {}): Promise<string[]> {
    const told = await this.page.getByRole('list', { name: 'Heard' }).getByRole('listitem').allTextContents()
    return told.filter((what) => events || !what.startsWith('event:'))
  }

  /** The session of the attempt that this tab remembers. */
  sessionId(): Promise<string | undefined> {
    return this.page.evaluate(() => Object.entries(sessionStorage).find(([key]) => key.startsWith('authpipe:pending'))?.[1].split(' ')[1])
  }
}
