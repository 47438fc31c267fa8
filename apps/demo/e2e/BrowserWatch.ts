import type { BrowserContext, Page } from '@playwright/test'
import type { Sighting } from './startRecorder.ts'

/** A message that a page posted. */
export interface PostedMessage {
  readonly channel: string
  readonly data: string
  /** Absent on a BroadcastChannel. */
  readonly targetOrigin?: string
}

/** Sees what happens in a browser: messages, script errors, and what pages show and keep. */
export class BrowserWatch {
  readonly scriptErrors: string[] = []
  readonly messages: PostedMessage[] = []
  /** Challenges of every authorization request; none of their verifiers may be seen anywhere. */
  readonly codeChallenges = new Set<string>()
  readonly #context: BrowserContext
  readonly #demoUrl: string

  private constructor(context: BrowserContext, demoUrl: string) {
    this.#context = context
    this.#demoUrl = demoUrl
  }

  /** Begins to watch a browser that has opened no page yet. */
  static async begin(context: BrowserContext, demoUrl: string): Promise<BrowserWatch> {
    const watch = new BrowserWatch(context, demoUrl)
    await context.exposeBinding('reportMessage', (_source, message: PostedMessage) => watch.messages.push(message))
    await context.addInitScript(reportMessages)
    context.on('request', (request) => {
      const challenge = new URL(request.url()).searchParams.get('code_challenge')
      if (challenge) watch.codeChallenges.add(challenge)
    })
    context.on('weberror', (error) => watch.scriptErrors.push(String(error.error())))
    context.on('console', (message) => {
      // A refused request is an answer, not a script error.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) watch.scriptErrors.push(message.text())
    })
    return watch
  }

  /** What the demo's open pages show and keep, and every message so far. */
  async sightings(): Promise<Sighting[]> {
    const pages = this.#context.pages().filter((page) => page.url().startsWith(this.#demoUrl))
    const kept = await Promise.all(
      pages.map((page) =>
        pageContents(page).catch((error: unknown) => {
          // A window that closes itself meanwhile shows and keeps nothing any more.
          if (page.isClosed()) return []
          throw error
        }),
      ),
    )
    const messages = this.messages.map(({ channel, data }) => ({ place: `message on ${channel}`, text: data }))
    return [...kept.flat(), ...messages]
  }
}

async function pageContents(page: Page): Promise<Sighting[]> {
  const { pathname } = new URL(page.url())
  const stored = await page.evaluate(() => {
    // A page that may not read its storage keeps nothing there.
    const ifAllowed = (read: () => unknown): unknown => {
      try {
        return read()
      } catch {
        return null
      }
    }
    return JSON.stringify([ifAllowed(() => localStorage), ifAllowed(() => sessionStorage), document.cookie, window.name, history.state])
  })
  return [
    { place: `address of ${pathname}`, text: page.url() },
    { place: `content of ${pathname}`, text: await page.content() },
    { place: `storage of ${pathname}`, text: stored },
  ]
}

declare global {
  interface Window {
    reportMessage(message: PostedMessage): void
  }
}

/** Runs in every page before its own scripts. */
function reportMessages(): void {
  const say = (data: unknown): string => JSON.stringify(data) ?? 'undefined'
  const seen = new Set<string>()
  // The same message again says nothing new, and a flood of reports would slow the page down.
  const report = (message: PostedMessage): void => {
    const key = JSON.stringify(message)
    if (!seen.has(key)) window.reportMessage(message)
    seen.add(key)
  }
  const post = window.postMessage.bind(window)
  window.postMessage = (data: unknown, target?: string | WindowPostMessageOptions, transfer?: Transferable[]) => {
    report({ channel: 'window', data: say(data), targetOrigin: typeof target === 'string' ? target : (target?.targetOrigin ?? '/') })
    if (typeof target === 'string') post(data, target, transfer)
    else post(data, target)
  }
  const broadcast = BroadcastChannel.prototype.postMessage
  BroadcastChannel.prototype.postMessage = function (this: BroadcastChannel, data: unknown) {
    report({ channel: this.name, data: say(data) })
    broadcast.call(this, data)
  }
}
