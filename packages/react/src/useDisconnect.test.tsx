import { renderHook, waitFor, act } from '@testing-library/react'
import { QueryClient } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { expect, test } from 'vitest'
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
