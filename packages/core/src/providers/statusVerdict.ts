import type { Verdict } from '../provider.ts'

/** What an HTTP status alone says, for providers whose bodies say no more. */
export function statusVerdict(status: number): Verdict {
  if (status >= 200 && status < 300) return 'healthy'
  if (status === 401) return 'credential_dead'
  if (status === 429) return 'rate_limited'
  return status >= 500 ? 'unavailable' : 'unknown'
}
