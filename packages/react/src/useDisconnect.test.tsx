import { renderHook, waitFor, act } from '@testing-library/react'
import { QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { expect, test, vi } from 'vitest'
import { createConnectWorld } from '../test/connectWorld.ts'
import { AuthpipeProvider } from './AuthpipeProvider.tsx'
import { mockConnection } from './testing/index.ts'
import { useConnections } from './useConnections.ts'
import { useDisconnect } from './useDisconnect.ts'

async function openList() {
  const world = createConnectWorld({ connections: [mockConnection({ id: 'a' }), mockConnection({ id: 'b' })] })
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  const wrapper = ({ children }: { readonly children: ReactNode }) => (
    <AuthpipeProvider client={world.client} queryClient={queryClient}>
      {children}
    </AuthpipeProvider>
  )
  const { result } = renderHook(() => ({ list: useConnections(), disconnect: useDisconnect() }), { wrapper })
  await waitFor(() => expect(result.current.list.isSuccess).toBe(true))
  return { world, result, ids: () => result.current.list.data?.map(({ id }) => id) }
}

test('takes the connection from the list before the server has answered', async () => {
  const { result, ids, world } = await openList()
  act(() => result.current.disconnect.mutate({ connectionId: 'a' }))
  await waitFor(() => expect(ids()).toEqual(['b']))
  await waitFor(() => expect(result.current.disconnect.isSuccess).toBe(true))
  expect(world.requests).toContain('DELETE /api/authpipe/connections/a')
  expect(ids()).toEqual(['b'])
})

test('puts it back in its place when the server cannot be reached, even though the list cannot be read either', async () => {
  const { result, ids, world } = await openList()
  world.offline = true
  act(() => result.current.disconnect.mutate({ connectionId: 'a' }))
  await waitFor(() => expect(result.current.disconnect.error).toMatchObject({ code: 'network_error', message: 'No usable answer to /connections/a.' }))
  expect(ids()).toEqual(['a', 'b'])
})

test('puts back only what was refused where two are disconnected at once', async () => {
  const { result, ids, world } = await openList()
  let refused: Promise<unknown> = Promise.resolve()
  await act(async () => {
    // Nor can the list be read, which would hide what is wrong with it.
    world.refuses = (request) => request !== 'DELETE /api/authpipe/connections/b'
    refused = result.current.disconnect.mutateAsync({ connectionId: 'a' }).catch((error: unknown) => error)
    await result.current.disconnect.mutateAsync({ connectionId: 'b' })
  })
  expect(await refused).toMatchObject({ code: 'forbidden', message: 'This test refuses.' })
  await waitFor(() => expect(ids()).toEqual(['a']))
})

test('reads the list once several are gone, and not while another is still under way', async () => {
  const { result, world } = await openList()
  const before = world.requests.length
  await act(() => Promise.all(['a', 'b'].map((connectionId) => result.current.disconnect.mutateAsync({ connectionId }))))
  await waitFor(() => expect(result.current.list.isFetching).toBe(false))
  expect(world.requests.slice(before)).toEqual(['DELETE /api/authpipe/connections/a', 'DELETE /api/authpipe/connections/b', 'GET /api/authpipe/connections'])
})

test('hands the options of TanStack Query on', async () => {
  const world = createConnectWorld({ connections: [mockConnection({ id: 'a' })] })
  const onMutate = vi.fn()
  const onSettled = vi.fn()
  const { result } = renderHook(() => useDisconnect({ mutation: { onMutate, onSettled } }), {
    wrapper: ({ children }) => <AuthpipeProvider client={world.client}>{children}</AuthpipeProvider>,
  })
  await act(() => result.current.mutateAsync({ connectionId: 'a' }))
  expect(onMutate.mock.calls[0]?.[0]).toEqual({ connectionId: 'a' })
  expect(onSettled).toHaveBeenCalledTimes(1)
})

test('tells events of what the user has decided and what came of it', async () => {
  const { result, world } = await openList()
  const events: unknown[] = []
  world.client.onEvent(({ at: _, ...event }) => events.push(event))
  world.refuses = (request) => request === 'DELETE /api/authpipe/connections/a'
  await act(() => result.current.disconnect.mutateAsync({ connectionId: 'a' }).catch(() => {}))
  await act(() => result.current.disconnect.mutateAsync({ connectionId: 'b' }))
  const about = (connectionId: string) => ({ provider: 'livechat', connectionId })
  expect(events).toEqual([
    { event: 'disconnect_confirmed', ...about('a') },
    { event: 'disconnect_failed', ...about('a'), errorCode: 'forbidden' },
    { event: 'disconnect_confirmed', ...about('b') },
    { event: 'disconnect_succeeded', ...about('b') },
  ])
})

test('tells the other tabs', async () => {
  const { result } = await openList()
  const rung = vi.fn()
  const otherTab = new BroadcastChannel('authpipe:changed')
  otherTab.onmessage = ({ data }) => rung(data)
  await act(() => result.current.disconnect.mutateAsync({ connectionId: 'a' }))
  await waitFor(() => expect(rung).toHaveBeenCalledExactlyOnceWith({ v: 1, type: 'authpipe:changed' }))
  otherTab.close()
})
