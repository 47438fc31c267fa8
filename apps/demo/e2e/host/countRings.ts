import type { BrowserContext, Frame, Page } from '@playwright/test'

/** Counts by which channels the completion page rings at each page and frame that is opened from now on. */
export async function countRings(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const rings: Record<string, number> = {}
    const count = (channel: string): void => void (rings[channel] = (rings[channel] ?? 0) + 1)
    Object.assign(window, { rings })
    addEventListener('message', ({ data }) => data?.type === 'authpipe:completion' && count('message'))
    addEventListener('storage', ({ key }) => key?.startsWith('authpipe:') && count('storage'))
    const onmessage = Object.getOwnPropertyDescriptor(BroadcastChannel.prototype, 'onmessage')
    Object.defineProperty(BroadcastChannel.prototype, 'onmessage', {
      set(this: BroadcastChannel, listener: (event: MessageEvent) => void) {
        onmessage?.set?.call(this, (event: MessageEvent) => {
          if (event.data?.type === 'authpipe:completion') count('channel')
          listener(event)
        })
      },
    })
  })
}

/** How often a page or frame was rung at so far, by channel. */
export const ringsAt = (place: Page | Frame): Promise<unknown> => place.evaluate(() => Reflect.get(window, 'rings'))
