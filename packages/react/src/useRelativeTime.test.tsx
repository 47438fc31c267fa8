import { act, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AuthpipeProvider } from './AuthpipeProvider.tsx'
import { useRelativeTime } from './useRelativeTime.ts'

beforeEach(() => vi.useFakeTimers({ now: Date.parse('2026-11-22T12:00:00Z') }))
afterEach(() => vi.useRealTimers())

const Time = ({ instant }: { readonly instant: string }) => <p>{useRelativeTime(instant)}</p>
const read = (instant: string, locale = 'en'): string | null => {
  const { unmount } = render(
    <AuthpipeProvider locale={locale}>
      <Time instant={instant} />
    </AuthpipeProvider>,
  )
  const text = screen.getByRole('paragraph').textContent
  unmount()
  return text
}

test.each([
  ['2026-11-22T11:59:30Z', 'now'],
  ['2026-11-22T11:56:00Z', '4 minutes ago'],
  ['2026-11-22T09:00:00Z', '3 hours ago'],
  ['2026-11-21T11:00:00Z', 'yesterday'],
  ['2026-10-10T12:00:00Z', 'last month'],
  ['2024-01-01T12:00:00Z', '2 years ago'],
])('says of %s that it was %s', (instant, expected) => {
  expect(read(instant)).toBe(expected)
})

test('speaks the language of the app', () => {
  expect(read('2026-11-22T11:56:00Z', 'de')).toBe('vor 4 Minuten')
})

test('calls nothing the future where a clock runs behind the server’s', () => {
  expect(read('2026-11-22T13:00:00Z')).toBe('now')
})

test('stays true while it is shown', () => {
  render(<Time instant="2026-11-22T11:59:00Z" />)
  expect(screen.getByRole('paragraph')).toHaveTextContent('1 minute ago')
  act(() => void vi.advanceTimersByTime(120_000))
  expect(screen.getByRole('paragraph')).toHaveTextContent('3 minutes ago')
})
