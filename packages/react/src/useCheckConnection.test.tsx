import { act, waitFor } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import { renderInWorld } from '../test/renderInWorld.tsx'
import { mockConnection } from './testing/index.ts'
import { useCheckConnection } from './useCheckConnection.ts'
import { useConnections } from './useConnections.ts'

const openCheck = (mutation = {}) =>
  renderInWorld(() => ({ all: useConnections(), some: useConnections({ provider: 'livechat' }), check: useCheckConnection({ mutation }) }), {
    connections: [mockConnection({ id: 'a' }), mockConnection({ id: 'b', provider: 'crisp' })],
  })

test('shows what the provider says in every list, without reading the lists again', async () => {
  const { result, world } = openCheck()
  await waitFor(() => expect(result.current.all.isSuccess && result.current.some.isSuccess).toBe(true))
  world.change('a', { status: 'needs_reauth', health: { state: 'degraded', checkedAt: '2026-11-22T10:00:00.000Z' } })
  const before = world.requests.length
  const checked = await act(() => result.current.check.mutateAsync({ connectionId: 'a' }))
  expect(checked).toMatchObject({ id: 'a', status: 'needs_reauth' })
  await waitFor(() => expect(result.current.all.data).toMatchObject([{ id: 'a', status: 'needs_reauth', health: { state: 'degraded' } }, { id: 'b' }]))
  expect(result.current.some.data).toMatchObject([{ id: 'a', status: 'needs_reauth' }])
  expect(world.requests.slice(before)).toEqual(['POST /api/authpipe/connections/a/check'])
})

test('rejects with the code of the server, and hands the options of TanStack Query on', async () => {
  const onError = vi.fn()
  const { result } = openCheck({ onError })
  await act(() => result.current.check.mutateAsync({ connectionId: 'gone' }).catch(() => {}))
  await waitFor(() => expect(result.current.check.error).toMatchObject({ code: 'connection_not_found', message: 'There is no such connection.' }))
  expect(onError).toHaveBeenCalledTimes(1)
})
