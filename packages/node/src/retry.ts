import { AuthpipeError } from '@authpipe/core'
import { inTime } from './inTime.ts'

const firstDelayMs = 200
const longestDelayMs = 5_000

export interface RetryOptions {
  /** When there is no time for another try, by the clock of `performance.now()`. Asked for anew after each failure. */
  readonly endsAt: () => number
  /** Each ends the waiting, with its reason. */
  readonly signals: readonly (AbortSignal | undefined)[]
  readonly onFailure?: (error: AuthpipeError) => void
}

/**
 * Does something again after each failure that can pass by itself, for as long as there is time.
 *
 * @throws the last failure
 */
export async function retry<T>(work: () => Promise<T>, { endsAt, signals, onFailure }: RetryOptions): Promise<T> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof AuthpipeError && error.retryable)) throw error
      onFailure?.(error)
      const delayMs = retryDelay(error, failures)
      if (performance.now() + delayMs >= endsAt()) throw error
      // A promise of its own: what waits on one that never ends is never freed.
      await inTime(new Promise<never>(() => undefined), delayMs, signals)
    }
  }
}

/**
 * How long to wait after a failure, in milliseconds: what was asked for, else twice as long each time, up to 5 seconds. Chance spreads
 * those who failed at the same moment.
 *
 * @param failures - how many came before this one
 */
export function retryDelay(error: AuthpipeError, failures: number, random: () => number = Math.random): number {
  const { retryAfterSeconds } = error.details ?? {}
  if (typeof retryAfterSeconds === 'number') return retryAfterSeconds * 1000 + random() * firstDelayMs
  return Math.min(longestDelayMs, firstDelayMs * 2 ** failures) * (0.5 + random() / 2)
}
