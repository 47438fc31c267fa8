/**
 * When a token is refreshed ahead of its expiry: `aheadMs` before it, for a short-lived token at half its life, and up to a
 * tenth of that sooner by chance, so that tokens issued together do not come due together.
 */
export function refreshTime(now: number, expiresAt: number, aheadMs: number, random: () => number = Math.random): number {
  const ahead = Math.min(aheadMs, Math.max(0, expiresAt - now) / 2)
  return Math.floor(expiresAt - ahead * (1 + 0.1 * random()))
}
