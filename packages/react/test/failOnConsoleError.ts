import '@testing-library/jest-dom/vitest'
import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'

// Room for a busy machine; nothing waits longer than it must.
configure({ asyncUtilTimeout: 10_000 })

// React tells of its trouble (a state set too late, markup that does not match) on the console only.
beforeEach(() => {
  vi.spyOn(console, 'error')
})
afterEach(() => {
  cleanup()
  const { calls } = vi.mocked(console.error).mock
  vi.restoreAllMocks()
  if (calls.length > 0) throw new Error(`Unexpected console.error: ${calls.map((call) => call.join(' ')).join('; ')}`)
})
