/** Bounds of a back-off, in milliseconds. */
export interface Backoff {
  /** The longest that the first wait may be; each one after it may be twice as long. */
  readonly firstMs: number
  readonly longestMs: number
}

/** No wait is shorter, so that chance never makes a loop of it. */
const shortestMs = 1_000

/** How long to wait after so many tries in vain. It is drawn from the whole range, so that what failed together does not come back together. */
export function backoffMs(tries: number, { firstMs, longestMs }: Backoff): number {
  const range = Math.min(longestMs, firstMs * 2 ** (tries - 1))
  return shortestMs + Math.ceil(Math.random() * range)
}
