/**
 * Waits for some work, but not forever; the work goes on whoever waits.
 *
 * @returns what it comes to; `undefined` when the time is over
 * @throws what the work throws; the reason of the first signal that is aborted
 */
export async function inTime<T>(work: Promise<T>, timeoutMs: number, signals: readonly (AbortSignal | undefined)[] = []): Promise<T | undefined> {
  for (const signal of signals) signal?.throwIfAborted()
  let timer: ReturnType<typeof setTimeout> | undefined
  const forgotten = new AbortController()
  const end = new Promise<undefined>((resolve, reject) => {
    timer = setTimeout(() => resolve(undefined), timeoutMs)
    for (const signal of signals) signal?.addEventListener('abort', () => reject(signal.reason as Error), { signal: forgotten.signal })
  })
  try {
    return await Promise.race([work, end])
  } finally {
    clearTimeout(timer)
    // A signal may live as long as its process; what waits on it must not.
    forgotten.abort()
  }
}
