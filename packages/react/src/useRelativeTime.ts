'use client'
import { useEffect, useState } from 'react'
import { useLocale } from './useLocale.ts'

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const

/**
 * How long ago an ISO 8601 instant was, in words. Nothing on a server and in the first paint, which could not agree on what time it is,
 * and kept true while it is shown.
 */
export function useRelativeTime(instant: string | undefined): string | undefined {
  const locale = useLocale()
  const [now, setNow] = useState<number>()
  useEffect(() => {
    const look = (): void => setNow(Date.now())
    look()
    const timer = setInterval(look, 60_000)
    return () => clearInterval(timer)
  }, [])
  if (instant === undefined || now === undefined) return undefined
  // A clock that runs behind the server's does not make it the future.
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000)
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ['second', Infinity]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(-Math.floor(seconds / size), unit)
}
