import { act } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { renderInWorld } from '../test/renderInWorld.tsx'
import { useSearchEvent } from './useSearchEvent.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

test('tells once typing has stopped how much was found, and not what for', () => {
  const onEvent = vi.fn()
  let search = { query: '', count: 5 }
  const { rerender } = renderInWorld(() => useSearchEvent(search.query, search.count), { onEvent })
  for (const next of [{ query: 'CAN', count: 2 }, { query: 'CANARY', count: 1 }, { query: ' ', count: 5 }, { query: 'CANARY', count: 1 }]) {
    search = next
    rerender()
    act(() => void vi.advanceTimersByTime(400))
  }
  expect(onEvent).not.toHaveBeenCalled()
  act(() => void vi.advanceTimersByTime(600))
  rerender()
  act(() => void vi.advanceTimersByTime(600))
  expect(onEvent).toHaveBeenCalledExactlyOnceWith({ event: 'provider_searched', count: 1, at: expect.any(String) })
})
