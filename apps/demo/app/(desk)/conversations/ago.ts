const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' })

/** How long ago an ISO 8601 instant was, in words; for server components, since a browser would say something else a minute later. */
export function ago(instant: string): string {
  const elapsedMs = Date.now() - Date.parse(instant)
  const [unit, lengthMs] = units.find(([, length]) => elapsedMs >= length) ?? ['minute', 60_000]
  return format.format(-Math.floor(elapsedMs / lengthMs), unit)
}
