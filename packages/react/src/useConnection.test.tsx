import { act } from '@testing-library/react'
import { afterEach, beforeAll, beforeEach, describe, expect, expectTypeOf, test, vi } from 'vitest'
import { renderInWorld } from '../test/renderInWorld.tsx'
import { authpipeKeys } from './queries.ts'
import { mockConnection } from './testing/index.ts'
import { useConnection } from './useConnection.ts'

const connections = [mockConnection({ id: 'a' }), mockConnection({ id: 'b', provider: 'help-scout' })]
const demotion = { status: 'needs_reauth', statusReason: 'grant_revoked', health: { state: 'degraded', checkedAt: '2026-11-22T11:00:00.000Z' } } as const

const seconds = (count: number) => act(() => vi.advanceTimersByTimeAsync(count * 1_000))

// A faked clock waits for no module that is loaded while it runs.
beforeAll(async () => {
  await Promise.all([import('./client/readAnswer.ts'), import('./followConnections.ts')])
})
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** Hides the page or shows it, as another tab in front does. */
async function setVisibility(state: 'visible' | 'hidden'): Promise<void> {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  await act(async () => void document.dispatchEvent(new Event('visibilitychange', { bubbles: true })))
}

describe('a demotion that the server has found', () => {
  test('shows by itself within a minute, with the last health check', async () => {
    const { result, world } = renderInWorld(() => useConnection('livechat'), { connections })
    await seconds(1)
    expect(result.current.connectionStatus).toBe('active')
    world.change('a', demotion)
    await seconds(58)
    expect(result.current.connectionStatus).toBe('active')
    await seconds(2)
    expect(result.current).toMatchObject({ connectionStatus: 'needs_reauth', data: { health: { state: 'degraded', checkedAt: demotion.health.checkedAt } } })
  })

  test('is asked for once a minute however many components look', async () => {
    const { world } = renderInWorld(() => [useConnection('livechat'), useConnection('help-scout'), useConnection({ connectionId: 'b' })], { connections })
    await seconds(1)
    expect(world.requests).toHaveLength(1)
    await seconds(180)
    expect(world.requests).toHaveLength(4)
  })

  test('is not asked for while the page is hidden, and at once when it is seen again', async () => {
    const { result, world } = renderInWorld(() => useConnection('livechat'), { connections })
    await seconds(1)
    await setVisibility('hidden')
    world.change('a', demotion)
    await seconds(590)
    expect(world.requests).toHaveLength(1)
    await setVisibility('visible')
    await seconds(1)
    expect(result.current.connectionStatus).toBe('needs_reauth')
  })

  test('is asked for as often as the app says', async () => {
    const { world } = renderInWorld(() => useConnection('livechat'), { connections, refetchIntervalMs: 10_000 })
    await seconds(51)
    expect(world.requests).toHaveLength(6)
  })

  test('is not asked for where the app says so, or the component', async () => {
    const { world } = renderInWorld(() => useConnection('livechat'), { connections, refetchIntervalMs: false })
    const other = renderInWorld(() => useConnection('livechat', { query: { refetchInterval: false } }), { connections })
    await seconds(600)
    expect(world.requests).toHaveLength(1)
    expect(other.world.requests).toHaveLength(1)
  })
})

test('hands a select of TanStack Query on, beside the status', async () => {
  const { result } = renderInWorld(() => useConnection('livechat', { query: { select: (connection) => connection?.account.label } }), { connections })
  expect(result.current).toMatchObject({ connectionStatus: 'absent', queryKey: authpipeKeys.connections({}) })
  await seconds(1)
  expect(result.current).toMatchObject({ connectionStatus: 'active', data: 'acme-support' })
  expectTypeOf(result.current.data).toEqualTypeOf<string | undefined>()
})

test('tells a change of the status that a select leaves out', async () => {
  const { result, world } = renderInWorld(() => useConnection('livechat', { query: { select: (connection) => connection?.id } }), { connections })
  await seconds(1)
  world.change('a', demotion)
  await seconds(60)
  expect(result.current).toMatchObject({ connectionStatus: 'needs_reauth', data: 'a' })
})
