const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** How long ago something happened. Rendered on the server alone, so that it cannot differ when the page wakes up. */
export function Ago({ at }: { readonly at: string }) {
  const elapsedMs = Date.now() - Date.parse(at)
  const [unit, lengthMs] = units.find(([, length]) => elapsedMs >= length) ?? ['minute', 60_000]
  return <time dateTime={at}>{new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' }).format(-Math.floor(elapsedMs / lengthMs), unit)}</time>
}
